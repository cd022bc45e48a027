import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({
    "role_id": "1688611118", "size": "20", "offset": "0"})
url = "https://oapi.dingtalk.io/topapi/role/simplelist?" + query
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
for row in answer["result"].get("list") or []:
    print(row["userid"], row["name"])
