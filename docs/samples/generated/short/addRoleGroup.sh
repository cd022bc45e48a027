# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/role/add_role_group \
    --url-query access_token@- \
    --data-urlencode name=Manufacturing |
  jq --raw-output \
    'if "\(.errcode)" == "0" then .groupId else halt_error end'
