#!/bin/sh
# It needs jq, and curl 7.87 for --url-query.
# export DINGTALK_ACCESS_TOKEN="$(sh getToken.sh)"
: "${DINGTALK_APP_KEY:?is not set}"
: "${DINGTALK_APP_SECRET:?is not set}"
base=${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}
answer=$(printf %s "$DINGTALK_APP_SECRET" |
  curl "$base/gettoken" \
    --url-query "appkey=$DINGTALK_APP_KEY" \
    --url-query appsecret@- \
    --silent --show-error --max-time 10 \
    --write-out ' %{http_code}') || exit 1
# @- is the standard input: arguments show in the list of
# processes.
# No --location: a redirect would carry the credential
# elsewhere.

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# The output of a jq filter on the answer. Fails without one.
field() {
  printf %s "${answer% *}" |
    jq --raw-output --compact-output --exit-status "$1" \
      2>/dev/null
}

status=${answer##* }
[ "$status" = 200 ] || fail "HTTP $status"
errcode=$(field '.errcode | values')
[ "$errcode" ] ||
  fail 'no errcode: is the IP blocked? Stop for 5 minutes'
# A failure is HTTP 200, too.
if [ "$errcode" != 0 ]; then
  # Under errcode 88 the real code is sub_code.
  code=$(field '.sub_code // .errcode')
  fail "$code $(field '.sub_msg // .errmsg')"
fi
access_token=$(field '.access_token | strings') ||
  fail 'no access_token in the answer'
expires_in=$(field '.expires_in | numbers') ||
  fail 'no expires_in in the answer'
# Keep it while it is valid: frequent calls are rate-limited.
printf '%s\n' "$access_token"
echo "expires_in: $expires_in" >&2
