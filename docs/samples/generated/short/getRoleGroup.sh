# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/topapi/role/getrolegroup \
    --url-query access_token@- \
    --data-urlencode group_id=1507113577 |
  jq --raw-output 'if "\(.errcode)" == "0" then
    .role_group.roles[]? | "\(.role_id) \(.role_name)"
    else halt_error end'
