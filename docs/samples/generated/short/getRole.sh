# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/topapi/role/getrole \
    --url-query access_token@- \
    --data-urlencode roleId=1507113580 |
  jq --raw-output 'if "\(.errcode)" == "0" then
    .role | "\(.groupId) \(.name)"
    else halt_error end'
