/** C# 7 and later, with only the libraries that Mono, .NET Framework and .NET have in common. */
import type { Field } from "@dingrole/spec";
import {
  asText,
  type Call,
  constantFor,
  isNeeded,
  nextPage,
  notes,
  type Value,
  variables,
  variablesOf,
} from "./call.ts";
import { comment, concatenate, fill, fit, fitIn, source, wrap } from "./source.ts";

/** Also escapes the line breaks of Unicode, which would end a literal of C#. */
const quote = (text: string) =>
  JSON.stringify(text).replace(
    /[\x85\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A complete program for .NET 6 and later, where the usual namespaces are implicit. */
export function short(call: Call): string {
  const { method, host, path, query, form } = call;
  const address = [quote(`${host}${path}?`), ...query.map((each, index) => toField(each, index))];
  return source`
${variablesOf(call).map((variable) => `var ${constantFor(variable)} = Environment.GetEnvironmentVariable(\n  "${variable}");`)}
${concatenate("var url =", address)}
${form && toForm(form)}
var client = new HttpClient();
var response = await client.${method === "POST" ? `PostAsync(url, ${form ? "form" : "null"})` : "GetAsync(url)"};
// ${notes.failureInBody}
Console.WriteLine(await response.Content.ReadAsStringAsync());
`;
}

export function full(call: Call): string {
  const { id, className, method, host, path, query, form, results, issuesToken, effect } = call;
  const isIn = (...types: Field["type"][]) => results.some(({ type }) => types.includes(type));
  const addresses = query.map((each, index) => toField(each, index));
  const more = nextPage(call);
  return source`
${issuesToken && `// export ${variables.token}="$(mono ${id}.exe)"`}
using System;
${form && "using System.Collections.Generic;"}
${isIn("array", "object") && "using System.IO;"}
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

static class ${className}
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
    var host = Env("${variables.baseUrl}")
      ?? ${quote(host)};
    ${variablesOf(call).map(
      (variable) => `var ${constantFor(variable)} = Env("${variable}")\n  ?? throw Fault("${variable} is not set");`,
    )}
    var url = host + ${quote(`${path}?`)}
${wrap(addresses.length > 0 ? addresses : ['""'], "      + ", " + ", "")};
    ${
      form && [
        "var form = new FormUrlEncodedContent(",
        "  new Dictionary<string, string>",
        "  {",
        ...form.map((each) => `    ${toEntry(each)},`),
        "  });",
        'form.Headers.ContentType.CharSet = "utf-8";',
      ]
    }
    // ${notes.redirect}
    var client = new HttpClient(
      new HttpClientHandler { AllowAutoRedirect = false });
    client.Timeout = TimeSpan.FromSeconds(10);
${effect === "neither" && comment("    //", notes.noRetry)}
    var response = await client.${method === "POST" ? `PostAsync(url, ${form ? "form" : "null"})` : "GetAsync(url)"};
    var status = (int)response.StatusCode;
    if (status != 200) throw Fault($"HTTP {status}");

    var body = await response.Content.ReadAsByteArrayAsync();
    var answer = Parse(body);
    var errcode = Text(answer, "errcode")
      ?? throw Fault(NoErrcode);
    // ${notes.failure}
    if (errcode != "0")
    {
      // ${notes.wrapped}
      var code = Text(answer, "sub_code") ?? errcode;
      var message = Text(answer, "sub_msg")
        ?? Text(answer, "errmsg");
      throw Fault($"{code} {message}");
    }
    ${results.filter(isNeeded).map(toCheck)}
${issuesToken && comment("    //", notes.keep)}
${more && comment("    //", more)}
    ${results.map(toPrint)}
    ${results.length === 0 && 'Console.WriteLine("done");'}
  }

  const string NoErrcode =
    "${notes.noErrcode}";

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
${
  isIn("array", "object") &&
  `
  static string Json(XElement answer, string name, string type)
  {
    var field = Field(answer, name, type);
    if (field == null) return null;
    var root = new XElement(
      "root", field.Attributes(), field.Nodes());
    // The writer refuses the empty text that the reader reads.
    foreach (var each in root.Descendants())
      if ((string)each.Attribute("type") == "null")
        each.RemoveNodes();
    var json = new MemoryStream();
    using (var writer =
      JsonReaderWriterFactory.CreateJsonWriter(json))
      root.WriteTo(writer);
    return Encoding.UTF8.GetString(json.ToArray());
  }`
}
}
`;
}

function toField(field: Value, index: number): string {
  const begin = quote(`${index === 0 ? "" : "&"}${encodeURIComponent(field.name)}=`);
  const value = field.variable ? constantFor(field.variable) : quote(field.text);
  return `${begin} + Uri.EscapeDataString(${value})`;
}

function toForm(form: readonly Value[]): string {
  const items = form.map(asText).map(toEntry);
  const begin = "var form = new FormUrlEncodedContent(\n  new Dictionary<string, string>";
  return fit(`${begin} { ${items.join(", ")} });`, `${begin} {\n${fill(items, "    ", " });")}`);
}

function toEntry({ name, text, items, variable }: Value): string {
  const ways = [variable ? constantFor(variable) : quote(text)];
  if (items) ways.unshift(`string.Join(",", ${items.map(quote).join(", ")})`);
  return fitIn("        ", ...ways.map((way) => `[${quote(name)}] = ${way}`));
}

/** The names of types in .NET's JSON reader. */
const types = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  array: "array",
  object: "object",
};

const toText = ({ name, type }: Field) =>
  `${type === "array" || type === "object" ? "Json" : "Text"}(answer, "${name}", "${types[type]}")`;

function toCheck(field: Field): string {
  return `if (${toText(field)} == null)\n  throw Fault("no ${field.name} in the answer");`;
}

function toPrint(field: Field, index: number): string {
  const text = toText(field);
  const print =
    index === 0 ? `Console.WriteLine(${text});` : `Console.Error.WriteLine("${field.name}: "\n  + ${text});`;
  return isNeeded(field, index) ? print : `if (${text} != null)\n  ${print.replaceAll("\n", "\n  ")}`;
}
