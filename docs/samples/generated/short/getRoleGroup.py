import json, os, urllib.parse, urllib.request

query = urllib.parse.urlencode({
    "access_token": os.environ["DINGTALK_ACCESS_TOKEN"]})
form = urllib.parse.urlencode({"group_id": "1507113577"})
url = ("https://oapi.dingtalk.io/topapi/role/getrolegroup"
       "?" + query)
answer = json.load(urllib.request.urlopen(url, form.encode()))
if str(answer["errcode"]) != "0":  # A failure is HTTP 200, too.
    raise SystemExit(answer)
for row in answer["role_group"].get("roles") or []:
    print(row["role_id"], row["role_name"])
