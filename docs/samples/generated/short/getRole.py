import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({"roleId": "1507113580"})
url = "https://oapi.dingtalk.io/topapi/role/getrole?" + query
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
row = answer["role"]
print(row["groupId"], row["name"])
