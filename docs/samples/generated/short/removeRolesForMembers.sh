# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/topapi/role/removerolesforemps \
    --url-query access_token@- \
    --data-urlencode roleIds=1688611118,4956354843 \
    --data-urlencode userIds=user1,user2 |
  jq --raw-output \
    'if "\(.errcode)" == "0" then . else halt_error end'
