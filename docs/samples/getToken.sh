#!/bin/sh
# The secret goes in by standard input: arguments show in the list of processes.
# No --location: a redirect would carry the secret elsewhere.
answer=$(printf %s "$DINGTALK_APP_SECRET" |
  curl --silent --show-error --max-time 10 --write-out ' %{http_code}' \
    --get --data-urlencode "appkey=$DINGTALK_APP_KEY" --data-urlencode appsecret@- \
    "${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}/gettoken") || exit 1

# With jq: jq -r .access_token. It is not everywhere, and sed is.
field() { printf %s "$answer" | tr -d '\n' | sed -nE "s/.*\"$1\" *: *(\"[^\"]*\"|-?[0-9]+).*/\1/p" | tr -d '"'; }

status=${answer##* }
if [ "$status" != 200 ]; then
  echo "HTTP $status" >&2
  exit 1
fi
if [ "$(field errcode)" != 0 ]; then # A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
  code=$(field sub_code) message=$(field sub_msg)
  printf '%s %s\n' "${code:-$(field errcode)}" "${message:-$(field errmsg)}" >&2
  exit 1
fi
# Keep the token, field access_token, for as long as it is valid: frequent calls are rate-limited.
token=$(field access_token) seconds=$(field expires_in)
: "${token:?is missing in the answer}"
echo "The token is valid for ${seconds:?is missing in the answer} seconds"
