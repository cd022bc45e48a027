using System;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class GetToken
{
    static int Main() => RunAsync().GetAwaiter().GetResult(); // An async Main would need C# 7.1.

    static async Task<int> RunAsync()
    {
        string baseUrl = Environment.GetEnvironmentVariable("DINGTALK_BASE_URL") ?? "https://oapi.dingtalk.io";
        string key = Uri.EscapeDataString(Environment.GetEnvironmentVariable("DINGTALK_APP_KEY") ?? "");
        string secret = Uri.EscapeDataString(Environment.GetEnvironmentVariable("DINGTALK_APP_SECRET") ?? "");
        // A redirect would carry the secret elsewhere.
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };
        var response = await client.GetAsync($"{baseUrl}/gettoken?appkey={key}&appsecret={secret}");
        if ((int)response.StatusCode != 200) return Fail($"HTTP {(int)response.StatusCode}");

        // The JSON reader that every .NET has, Mono and .NET Framework too; System.Text.Json is for .NET Core 3.0 and later.
        var json = await response.Content.ReadAsByteArrayAsync();
        var answer = XElement.Load(JsonReaderWriterFactory.CreateJsonReader(json, XmlDictionaryReaderQuotas.Max));
        Func<string, string> field = name => (string)answer.Element(name);
        // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
        if (field("errcode") != "0")
            return Fail($"{field("sub_code") ?? field("errcode")} {field("sub_msg") ?? field("errmsg")}");
        // Keep the token, field access_token, for as long as it is valid: frequent calls are rate-limited.
        if (string.IsNullOrEmpty(field("access_token"))) return Fail("no access_token in the answer");
        Console.WriteLine($"The token is valid for {int.Parse(field("expires_in"))} seconds");
        return 0;
    }

    static int Fail(string message) { Console.Error.WriteLine(message); return 1; }
}
