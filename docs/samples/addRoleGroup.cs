using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class AddRoleGroup
{
    static int Main() => RunAsync().GetAwaiter().GetResult(); // An async Main would need C# 7.1.

    static async Task<int> RunAsync()
    {
        string baseUrl = Environment.GetEnvironmentVariable("DINGTALK_BASE_URL") ?? "https://oapi.dingtalk.io";
        string token = Environment.GetEnvironmentVariable("DINGTALK_ACCESS_TOKEN") ?? "";
        // A redirect would carry the token elsewhere.
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "制造部" });
        form.Headers.ContentType.CharSet = "utf-8";
        // No retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
        var response = await client.PostAsync($"{baseUrl}/role/add_role_group?access_token={Uri.EscapeDataString(token)}", form);
        if ((int)response.StatusCode != 200) return Fail($"HTTP {(int)response.StatusCode}");

        // The JSON reader that every .NET has, Mono and .NET Framework too; System.Text.Json is for .NET Core 3.0 and later.
        var json = await response.Content.ReadAsByteArrayAsync();
        var answer = XElement.Load(JsonReaderWriterFactory.CreateJsonReader(json, XmlDictionaryReaderQuotas.Max));
        Func<string, string> field = name => (string)answer.Element(name);
        // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
        if (field("errcode") != "0")
            return Fail($"{field("sub_code") ?? field("errcode")} {field("sub_msg") ?? field("errmsg")}");
        Console.WriteLine($"Created role group {long.Parse(field("groupId"))}");
        return 0;
    }

    static int Fail(string message) { Console.Error.WriteLine(message); return 1; }
}
