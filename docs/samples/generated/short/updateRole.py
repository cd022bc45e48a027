import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({
    "roleId": "1688611118", "roleName": "Customer service"})
url = "https://oapi.dingtalk.io/role/update_role?" + query
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
print(answer)
