var appKey = Environment.GetEnvironmentVariable(
  "DINGTALK_APP_KEY");
var appSecret = Environment.GetEnvironmentVariable(
  "DINGTALK_APP_SECRET");
var url = "https://oapi.dingtalk.io/gettoken?"
  + "appkey=" + Uri.EscapeDataString(appKey)
  + "&appsecret=" + Uri.EscapeDataString(appSecret);
var client = new HttpClient();
var response = await client.GetAsync(url);
// A failure is HTTP 200, too: its errcode is not 0.
Console.WriteLine(await response.Content.ReadAsStringAsync());
