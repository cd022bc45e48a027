var accessToken = System.getenv("DINGTALK_ACCESS_TOKEN");
var url = "https://oapi.dingtalk.io/topapi/role/scope/update?"
  + "access_token=" + URLEncoder.encode(accessToken, UTF_8);
var form = "userid=user1"
  + "&role_id=1688611118"
  + "&dept_ids=" + URLEncoder.encode("11,1231", UTF_8);
var request = HttpRequest.newBuilder(URI.create(url))
  .header("Content-Type", "application/x-www-form-urlencoded")
  .POST(BodyPublishers.ofString(form)).build();
// A failure is HTTP 200, too: its errcode is not 0.
System.out.println(HttpClient.newHttpClient()
  .send(request, BodyHandlers.ofString()).body());
