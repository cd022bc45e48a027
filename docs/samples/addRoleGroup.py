import json
import os
import sys
from http.client import HTTPException
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # A redirect would carry the token elsewhere: it is an HTTPError instead.


base = os.environ.get("DINGTALK_BASE_URL", "https://oapi.dingtalk.io")
query = urlencode({"access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urlencode({"name": "制造部"}).encode()
headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
try:
    # No retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
    request = Request(f"{base}/role/add_role_group?{query}", form, headers)
    with build_opener(NoRedirect).open(request, timeout=10) as response:
        body = response.read()
except OSError as error:  # An HTTP status that is not 2xx, too.
    sys.exit(str(error))
except (HTTPException, ValueError) as error:
    sys.exit(type(error).__name__)  # Its message can quote the URL, and so the token.

answer = json.loads(body)
if answer.get("errcode") != 0:  # A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
    sys.exit(f"{answer.get('sub_code', answer.get('errcode'))} {answer.get('sub_msg', answer.get('errmsg'))}")
print(f"Created role group {answer['groupId']}")
