import json
import os
import sys
from http.client import HTTPException
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, build_opener


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # A redirect would carry the secret elsewhere: it is an HTTPError instead.


base = os.environ.get("DINGTALK_BASE_URL", "https://oapi.dingtalk.io")
query = urlencode({"appkey": os.environ["DINGTALK_APP_KEY"], "appsecret": os.environ["DINGTALK_APP_SECRET"]})
try:
    with build_opener(NoRedirect).open(f"{base}/gettoken?{query}", timeout=10) as response:
        body = response.read()
except OSError as error:  # An HTTP status that is not 2xx, too.
    sys.exit(str(error))
except (HTTPException, ValueError) as error:
    sys.exit(type(error).__name__)  # Its message can quote the URL, and so the secret.

answer = json.loads(body)
if answer.get("errcode") != 0:  # A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
    sys.exit(f"{answer.get('sub_code', answer.get('errcode'))} {answer.get('sub_msg', answer.get('errmsg'))}")
# Keep the token for as long as it is valid: frequent calls are rate-limited.
token = answer["access_token"]
print(f"The token is valid for {answer['expires_in']} seconds")
