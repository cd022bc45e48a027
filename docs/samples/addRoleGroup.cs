using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class AddRoleGroup
{
  static int Main()
  {
    try
    {
      var id = AddAsync("制造部").GetAwaiter().GetResult();
      Console.WriteLine($"Created role group {id}");
      return 0;
    }
    catch (ApplicationException e)
    {
      Console.Error.WriteLine(e.Message);
    }
    catch (Exception e)
    {
      // Its message can quote the URL, and so the token.
      var why = e.GetBaseException().GetType().Name;
      Console.Error.WriteLine($"no answer: {why}");
    }
    return 1;
  }

  static async Task<long> AddAsync(string name)
  {
    var host = Env("DINGTALK_BASE_URL")
      ?? "https://oapi.dingtalk.io";
    var token = Env("DINGTALK_ACCESS_TOKEN")
      ?? throw Fault("DINGTALK_ACCESS_TOKEN is not set");
    var form = new FormUrlEncodedContent(
      new Dictionary<string, string> { ["name"] = name });
    form.Headers.ContentType.CharSet = "utf-8";
    // A redirect would carry the token elsewhere.
    var client = new HttpClient(
      new HttpClientHandler { AllowAutoRedirect = false });
    client.Timeout = TimeSpan.FromSeconds(10);
    // No retry: after a timeout it is unknown whether the role
    // group was created, so look before you send it again.
    var response = await client.PostAsync(
      $"{host}/role/add_role_group?access_token="
      + Uri.EscapeDataString(token), form);
    var status = (int)response.StatusCode;
    if (status != 200) throw Fault($"HTTP {status}");

    var body = await response.Content.ReadAsByteArrayAsync();
    var answer = Parse(body);
    var errcode = Field(answer, "errcode")
      ?? throw Fault(NoErrcode);
    // A failure is HTTP 200, too. Under errcode 88 the real
    // code is sub_code.
    var code = Field(answer, "sub_code") ?? errcode;
    var message = Field(answer, "sub_msg")
      ?? Field(answer, "errmsg");
    if (errcode != "0") throw Fault($"{code} {message}");
    long id;
    if (!long.TryParse(Field(answer, "groupId"), out id))
      throw Fault("no groupId in the answer");
    return id;
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

  static string Field(XElement answer, string name)
  {
    var field = answer.Element(name);
    var isText = field != null && !field.HasElements;
    return isText && field.Value != "" ? field.Value : null;
  }
}
