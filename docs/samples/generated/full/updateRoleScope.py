import json
import os
import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPRedirectHandler,
    Request,
    build_opener,
)


class NoRedirect(HTTPRedirectHandler):
    # A redirect would carry the credential elsewhere.
    def redirect_request(self, *args):
        return None


def env(name):
    value = os.environ.get(name)
    return value or sys.exit(f"{name} is not set")


base = os.environ.get(
    "DINGTALK_BASE_URL", "https://oapi.dingtalk.io"
)
query = urlencode({
    "access_token": env("DINGTALK_ACCESS_TOKEN"),
})
form = urlencode({
    "userid": "user1",
    "role_id": "1688611118",
    "dept_ids": ",".join(["11", "1231"]),
}).encode()
mime = "application/x-www-form-urlencoded;charset=utf-8"
# The timeout is for each wait, not for all of them.
try:
    request = Request(
        base + "/topapi/role/scope/update?" + query,
        form,
        {"Content-Type": mime},
        method="POST",
    )
    opener = build_opener(NoRedirect)
    with opener.open(request, timeout=10) as response:
        body = response.read()
except HTTPError as error:
    sys.exit(f"HTTP {error.code}")
except (OSError, HTTPException, ValueError) as error:
    # Its message can quote the credential.
    reason = getattr(error, "reason", error)
    sys.exit(f"no answer: {type(reason).__name__}")

try:
    answer = json.loads(body)
except ValueError:
    answer = None
is_object = isinstance(answer, dict)
if not is_object or answer.get("errcode") is None:
    sys.exit(
        "no errcode: is the IP blocked? Stop for 5 minutes"
    )
# A failure is HTTP 200, too.
if str(answer["errcode"]) != "0":
    # Under errcode 88 the real code is sub_code.
    code = answer.get("sub_code") or answer["errcode"]
    message = answer.get("sub_msg") or answer.get("errmsg")
    sys.exit(f"{code} {message}")
print("done")
