# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/topapi/role/scope/update \
    --url-query access_token@- --data-urlencode userid=user1 \
    --data-urlencode role_id=1688611118 \
    --data-urlencode dept_ids=11,1231 |
  jq --raw-output \
    'if "\(.errcode)" == "0" then . else halt_error end'
