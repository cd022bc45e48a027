var accessToken = Environment.GetEnvironmentVariable(
  "DINGTALK_ACCESS_TOKEN");
var url =
  "https://oapi.dingtalk.io/topapi/role/addrolesforemps?"
  + "access_token=" + Uri.EscapeDataString(accessToken);
var form = new FormUrlEncodedContent(
  new Dictionary<string, string> {
    ["roleIds"] = "1688611118,4956354843",
    ["userIds"] = "user1,user2" });
var client = new HttpClient();
var response = await client.PostAsync(url, form);
// A failure is HTTP 200, too: its errcode is not 0.
Console.WriteLine(await response.Content.ReadAsStringAsync());
