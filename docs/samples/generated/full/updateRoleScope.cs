using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class UpdateRoleScope
{
  static int Main()
  {
    Console.OutputEncoding = new UTF8Encoding(false);
    try
    {
      CallAsync().GetAwaiter().GetResult();
      return 0;
    }
    catch (ApplicationException e)
    {
      Console.Error.WriteLine(e.Message);
    }
    catch (Exception e)
    {
      // Its message can quote the credential.
      var why = e.GetBaseException().GetType().Name;
      Console.Error.WriteLine($"no answer: {why}");
    }
    return 1;
  }

  static async Task CallAsync()
  {
    var host = Env("DINGTALK_BASE_URL")
      ?? "https://oapi.dingtalk.io";
    var accessToken = Env("DINGTALK_ACCESS_TOKEN")
      ?? throw Fault("DINGTALK_ACCESS_TOKEN is not set");
    var url = host + "/topapi/role/scope/update?"
      + "access_token=" + Uri.EscapeDataString(accessToken);
    var form = new FormUrlEncodedContent(
      new Dictionary<string, string>
      {
        ["userid"] = "user1",
        ["role_id"] = "1688611118",
        ["dept_ids"] = string.Join(",", "11", "1231"),
      });
    form.Headers.ContentType.CharSet = "utf-8";
    // A redirect would carry the credential elsewhere.
    var client = new HttpClient(
      new HttpClientHandler { AllowAutoRedirect = false });
    client.Timeout = TimeSpan.FromSeconds(10);
    var response = await client.PostAsync(url, form);
    var status = (int)response.StatusCode;
    if (status != 200) throw Fault($"HTTP {status}");

    var body = await response.Content.ReadAsByteArrayAsync();
    var answer = Parse(body);
    var errcode = Text(answer, "errcode")
      ?? throw Fault(NoErrcode);
    // A failure is HTTP 200, too.
    if (errcode != "0")
    {
      // Under errcode 88 the real code is sub_code.
      var code = Text(answer, "sub_code") ?? errcode;
      var message = Text(answer, "sub_msg")
        ?? Text(answer, "errmsg");
      throw Fault($"{code} {message}");
    }
    Console.WriteLine("done");
  }

  const string NoErrcode =
    "no errcode: is the IP blocked? Stop for 5 minutes";

  static Exception Fault(string message) =>
    new ApplicationException(message);

  static string Env(string name)
  {
    var value = Environment.GetEnvironmentVariable(name);
    return string.IsNullOrEmpty(value) ? null : value;
  }

  // The JSON reader of every .NET: Mono's and .NET Framework's,
  // too. Newer ones have System.Text.Json.
  static XElement Parse(byte[] json)
  {
    try
    {
      return XElement.Load(
        JsonReaderWriterFactory.CreateJsonReader(
          json, XmlDictionaryReaderQuotas.Max));
    }
    catch (Exception) { throw Fault(NoErrcode); }
  }

  static XElement Field(
    XElement answer, string name, string type)
  {
    var field = answer.Element(name);
    var found = (string)field?.Attribute("type");
    var isRight = found == (type ?? found) && found != "null";
    return isRight ? field : null;
  }

  static string Text(
    XElement answer, string name, string type = null) =>
    (string)Field(answer, name, type);
}
