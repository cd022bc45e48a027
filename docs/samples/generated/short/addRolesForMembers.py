import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({
    "roleIds": "1688611118,4956354843",
    "userIds": "user1,user2"})
url = ("https://oapi.dingtalk.io/topapi/role/addrolesforemps"
       "?" + query)
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
print(answer)
