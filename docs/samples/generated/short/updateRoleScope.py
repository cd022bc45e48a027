import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({
    "userid": "user1", "role_id": "1688611118",
    "dept_ids": "11,1231"})
url = ("https://oapi.dingtalk.io/topapi/role/scope/update"
       "?" + query)
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
print(answer)
