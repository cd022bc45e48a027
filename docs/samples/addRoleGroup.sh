#!/bin/sh
# Needs curl 7.87 or later, for --url-query. The token goes in by standard input: arguments show in the list of processes.
# No --retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
# No --location: a redirect would carry the token elsewhere.
answer=$(printf %s "$DINGTALK_ACCESS_TOKEN" |
  curl --silent --show-error --max-time 10 --write-out ' %{http_code}' \
    --header 'Content-Type: application/x-www-form-urlencoded;charset=utf-8' \
    --url-query access_token@- --data-urlencode 'name=制造部' \
    "${DINGTALK_BASE_URL:-https://oapi.dingtalk.io}/role/add_role_group") || exit 1

# With jq: jq -r .groupId. It is not everywhere, and sed is; $(…) keeps every digit as it came.
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
groupId=$(field groupId)
echo "Created role group ${groupId:?is missing in the answer}"
