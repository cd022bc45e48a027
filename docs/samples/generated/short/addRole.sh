# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/role/add_role \
    --url-query access_token@- \
    --data-urlencode roleName=Service \
    --data-urlencode groupId=1560985325 |
  jq --raw-output \
    'if "\(.errcode)" == "0" then .roleId else halt_error end'
