var accessToken = Environment.GetEnvironmentVariable(
  "DINGTALK_ACCESS_TOKEN");
var url = "https://oapi.dingtalk.io/topapi/role/scope/update?"
  + "access_token=" + Uri.EscapeDataString(accessToken);
var form = new FormUrlEncodedContent(
  new Dictionary<string, string> {
    ["userid"] = "user1", ["role_id"] = "1688611118",
    ["dept_ids"] = "11,1231" });
var client = new HttpClient();
var response = await client.PostAsync(url, form);
// A failure is HTTP 200, too: its errcode is not 0.
Console.WriteLine(await response.Content.ReadAsStringAsync());
