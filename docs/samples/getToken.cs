// export DINGTALK_ACCESS_TOKEN="$(mono getToken.exe)"
using System;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class GetToken
{
  static int Main()
  {
    try
    {
      GetTokenAsync().GetAwaiter().GetResult();
      return 0;
    }
    catch (ApplicationException e)
    {
      Console.Error.WriteLine(e.Message);
    }
    catch (Exception e)
    {
      // Its message can quote the URL, and so the secret.
      var why = e.GetBaseException().GetType().Name;
      Console.Error.WriteLine($"no answer: {why}");
    }
    return 1;
  }

  static async Task GetTokenAsync()
  {
    var host = Env("DINGTALK_BASE_URL")
      ?? "https://oapi.dingtalk.io";
    var key = Env("DINGTALK_APP_KEY")
      ?? throw Fault("DINGTALK_APP_KEY is not set");
    var secret = Env("DINGTALK_APP_SECRET")
      ?? throw Fault("DINGTALK_APP_SECRET is not set");
    // A redirect would carry the secret elsewhere.
    var client = new HttpClient(
      new HttpClientHandler { AllowAutoRedirect = false });
    client.Timeout = TimeSpan.FromSeconds(10);
    var response = await client.GetAsync($"{host}/gettoken"
      + $"?appkey={Uri.EscapeDataString(key)}"
      + $"&appsecret={Uri.EscapeDataString(secret)}");
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
    // Keep it for as long as it is valid: frequent calls are
    // rate-limited.
    Console.WriteLine(Field(answer, "access_token")
      ?? throw Fault("no access_token in the answer"));
    var seconds = Field(answer, "expires_in");
    Console.Error.WriteLine($"Valid for {seconds} seconds");
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
