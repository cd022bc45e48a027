#!/bin/sh
# It needs jq, and curl 7.87 for --url-query.
: "${DINGTALK_ACCESS_TOKEN:?is not set}"
base=${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}
type='application/x-www-form-urlencoded;charset=utf-8'
answer=$(printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl "$base/topapi/role/scope/update" \
    --header "Content-Type: $type" \
    --url-query access_token@- --data-urlencode userid=user1 \
    --data-urlencode role_id=1688611118 \
    --data-urlencode dept_ids=11,1231 \
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
echo done
