# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/topapi/role/simplelist \
    --url-query access_token@- \
    --data-urlencode role_id=1688611118 \
    --data-urlencode size=20 --data-urlencode offset=0 |
  jq --raw-output 'if "\(.errcode)" == "0" then
    .result.list[]? | "\(.userid) \(.name)"
    else halt_error end'
