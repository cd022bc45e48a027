var appKey = System.getenv("DINGTALK_APP_KEY");
var appSecret = System.getenv("DINGTALK_APP_SECRET");
var url = "https://oapi.dingtalk.io/gettoken?"
  + "appkey=" + URLEncoder.encode(appKey, UTF_8)
  + "&appsecret=" + URLEncoder.encode(appSecret, UTF_8);
var request = HttpRequest.newBuilder(URI.create(url))
  .build();
// A failure is HTTP 200, too: its errcode is not 0.
System.out.println(HttpClient.newHttpClient()
  .send(request, BodyHandlers.ofString()).body());
