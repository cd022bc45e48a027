# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/role/update_role \
    --url-query access_token@- \
    --data-urlencode roleId=1688611118 \
    --data-urlencode 'roleName=Customer service' |
  jq --raw-output \
    'if "\(.errcode)" == "0" then . else halt_error end'
