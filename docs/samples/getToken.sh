#!/bin/sh
# export DINGTALK_ACCESS_TOKEN="$(sh getToken.sh)"
: "${DINGTALK_APP_KEY:?is not set}"
: "${DINGTALK_APP_SECRET:?is not set}"
base=${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}
answer=$(printf %s "$DINGTALK_APP_SECRET" |
  curl "$base/gettoken" --get \
    --data-urlencode "appkey=$DINGTALK_APP_KEY" \
    --data-urlencode appsecret@- \
    --silent --show-error --max-time 10 \
    --write-out ' %{http_code}') || exit 1
# @- is the standard input: arguments show in the list of
# processes.
# No --location: a redirect would carry the secret elsewhere.

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# A field of the outer object, before anything nested in it.
# With jq: jq -r .access_token. It is not everywhere, and
# sed is.
string='"([^"\\]|\\.)*"'
before="^ *\{(([^{}\"]|$string)*,)? *"
value="($string|-?[0-9]+) *[,}]"
field() {
  printf %s "$answer" | tr '\t\r\n' '   ' |
    sed -nE "s/$before\"$1\" *: *$value.*/\4/p" | tr -d '"'
}

status=${answer##* }
[ "$status" = 200 ] || fail "HTTP $status"
errcode=$(field errcode)
[ "$errcode" ] ||
  fail 'no errcode: is the IP blocked? Stop for 5 minutes'
# A failure is HTTP 200, too.
if [ "$errcode" != 0 ]; then
  # Under errcode 88 the real code is sub_code.
  code=$(field sub_code) message=$(field sub_msg)
  [ "$message" ] || message=$(field errmsg)
  fail "${code:-$errcode} $message"
fi
token=$(field access_token)
[ "$token" ] || fail 'no access_token in the answer'
# Keep it for as long as it is valid: frequent calls are
# rate-limited.
printf '%s\n' "$token"
echo "Valid for $(field expires_in) seconds" >&2
