# It needs jq. A failure is HTTP 200, too.
printf %s "$DINGTALK_APP_SECRET" |
  curl --silent --show-error \
    https://oapi.dingtalk.io/gettoken \
    --url-query "appkey=$DINGTALK_APP_KEY" \
    --url-query appsecret@- |
  jq --raw-output 'if "\(.errcode)" == "0" then
    .access_token
    else halt_error end'
