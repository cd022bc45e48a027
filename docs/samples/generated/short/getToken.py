import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "appkey": os.environ["DINGTALK_APP_KEY"],
    "appsecret": os.environ["DINGTALK_APP_SECRET"]})
url = "https://oapi.dingtalk.io/gettoken?" + query
answer = json.load(urllib.request.urlopen(url))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
print(answer["access_token"])
