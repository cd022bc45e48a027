#!/bin/sh
: "${DINGTALK_ACCESS_TOKEN:?is not set}"
base=${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}
type='application/x-www-form-urlencoded;charset=utf-8'
answer=$(printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl "$base/role/add_role_group" \
    --url-query access_token@- \
    --header "Content-Type: $type" \
    --data-urlencode 'name=制造部' \
    --silent --show-error --max-time 10 \
    --write-out ' %{http_code}') || exit 1
# --url-query needs curl 7.87. @- is the standard input:
# arguments show in the list of processes.
# No --retry: after a timeout it is unknown whether the role
# group was created, so look before you send it again.
# No --location: a redirect would carry the token elsewhere.

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# A field of the outer object, before anything nested in it.
# With jq: jq -r .groupId. It is not everywhere, and sed is;
# $(…) keeps every digit as it came.
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
groupId=$(field groupId)
[ "$groupId" ] || fail 'no groupId in the answer'
echo "Created role group $groupId"
