/** Java 11 and later, with only its standard library. */
import type { Field } from "@dingrole/spec";
import {
  asText,
  type Call,
  constantFor,
  formType,
  isNeeded,
  nextPage,
  notes,
  type Value,
  variables,
  variablesOf,
} from "./call.ts";
import { comment, concatenate, fit, fitIn, source } from "./source.ts";

const quote = (text: string) => JSON.stringify(text);

/** Before Java 18, the compiler reads a source in the machine's encoding. */
const quoteAscii = (text: string) =>
  quote(text).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The body of a method: an editor adds the imports. */
export function short(call: Call): string {
  const { method, host, path, query, form } = call;
  const encode = (argument: string) => `URLEncoder.encode(${argument}, UTF_8)`;
  const toText = (values: readonly Value[]) => toFields(values.map(asText), encode, quote, constantFor);
  const publisher = form ? "BodyPublishers.ofString(form)" : "BodyPublishers.noBody()";
  return source`
${variablesOf(call).map((variable) => `var ${constantFor(variable)} = System.getenv("${variable}");`)}
${concatenate("var url =", [quote(`${host}${path}?`), ...toText(query)])}
${form && concatenate("var form =", toText(form))}
var request = HttpRequest.newBuilder(URI.create(url))
${form && `  .header("Content-Type", "${formType}")`}
  ${method === "POST" && `.POST(${publisher})`}.build();
// ${notes.failureInBody}
System.out.println(HttpClient.newHttpClient()
  .send(request, BodyHandlers.ofString()).body());
`;
}

export function full(call: Call): string {
  const { id, className, method, host, path, query, form, results, issuesToken, effect } = call;
  const toText = (values: readonly Value[]) =>
    toFields(
      values,
      (argument) => `encode(${argument})`,
      quoteAscii,
      (variable) => `env("${variable}")`,
    ).join("\n  + ") || '""';
  const isEscaped = (form ?? []).some(({ text }) => quote(text) !== quoteAscii(text));
  const more = nextPage(call);
  return source`
${issuesToken && `// export ${variables.token}="$(java ${id}.java)"`}
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.*;
import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;

class ${className} {
  public static void main(String[] args) {
    // Java before 18 writes in the machine's own encoding.
    System.setOut(new PrintStream(System.out, true, UTF_8));
    System.setErr(new PrintStream(System.err, true, UTF_8));
    String query =
      ${toText(query)};
    ${isEscaped && ["// Escaped: Java before 18 reads its source in the", "// machine's own encoding."]}
    ${form && `String form =\n  ${toText(form)};`}
    HttpResponse<String> response = null;
    try {
      response = send(query${form && ", form"});
    } catch (Exception e) {
      // Its message can quote the credential.
      Throwable why = e.getCause() == null ? e : e.getCause();
      fail("no answer: " + why.getClass().getSimpleName());
    }
    if (response.statusCode() != 200)
      fail("HTTP " + response.statusCode());

    Map<String, String> answer = fieldsOf(response.body());
    String errcode = text(answer.get("errcode"));
    if (errcode == null)
      fail("${notes.noErrcode}");
    // ${notes.failure}
    if (!errcode.equals("0")) {
      // ${notes.wrapped}
      boolean isWrapped = answer.containsKey("sub_code");
      String code = isWrapped ? "sub_code" : "errcode";
      String message = isWrapped ? "sub_msg" : "errmsg";
      fail(text(answer.get(code)) + " "
        + text(answer.get(message)));
    }
    ${results.filter(isNeeded).map(toCheck)}
${issuesToken && comment("    //", notes.keep)}
${more && comment("    //", more)}
    ${results.map(toPrint)}
    ${results.length === 0 && 'System.out.println("done");'}
  }

  static HttpResponse<String> send(String query${form && ", String form"})
      throws Exception {
    String base = System.getenv().getOrDefault(
      "${variables.baseUrl}", ${quote(host)});
    HttpRequest request = HttpRequest
      .newBuilder(URI.create(
        base + ${quote(`${path}?`)} + query))
      ${
        form && [
          '.header("Content-Type",',
          `  "${formType};charset=utf-8")`,
          ".POST(HttpRequest.BodyPublishers.ofString(form))",
        ]
      }
      ${!form && method === "POST" && ".POST(HttpRequest.BodyPublishers.noBody())"}
      .build();
${effect === "neither" && comment("    //", notes.noRetry)}
${comment("    //", `${notes.redirect} By default none is followed.`)}
    return HttpClient.newHttpClient()
      .sendAsync(request, HttpResponse.BodyHandlers.ofString())
      .get(10, TimeUnit.SECONDS);
  }

  /**
   * The fields of a JSON object that are not null, each as it
   * came. Java has no JSON parser; Jackson's is readTree(json).
   */
  static Map<String, String> fieldsOf(String json) {
    Map<String, String> fields = new HashMap<>();
    if (!json.trim().startsWith("{")) return fields;
    Matcher part = Pattern.compile(
      "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|[{}\\[\\],:]")
      .matcher(json);
    String last = "", name = null;
    int depth = 0, start = 0;
    do {
      if (!part.find()) return Map.of(); // It is cut off.
      char first = part.group().charAt(0);
      if (first == '{' || first == '[') depth++;
      if (first == '}' || first == ']') depth--;
      if (first == ':' && depth == 1) {
        name = last;
        start = part.end();
      }
      boolean isEnd = first == ',' && depth == 1 || depth == 0;
      if (isEnd && name != null) {
        String value = json.substring(start, part.start());
        if (!value.trim().equals("null"))
          fields.put(text(name), value.trim());
      }
      last = part.group();
    } while (depth > 0);
    return fields;
  }

  /** Decodes a JSON string; anything else stays as it came. */
  static String text(String json) {
    if (json == null || !json.startsWith("\"")) return json;
    return Pattern.compile("\\\\(?:u(.{4})|(.))")
      .matcher(json.substring(1, json.length() - 1))
      .replaceAll(escape -> Matcher.quoteReplacement(
        escape.group(1) == null ? unescape(escape.group(2))
          : "" + (char) Integer.parseInt(escape.group(1), 16)));
  }

  static String unescape(String letter) {
    int index = "nrtbf".indexOf(letter);
    return index < 0 ? letter : "\n\r\t\b\f".charAt(index) + "";
  }

  static String env(String name) {
    String value = System.getenv().getOrDefault(name, "");
    if (value.isEmpty()) fail(name + " is not set");
    return value;
  }

  static String encode(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  static void fail(String message) {
    System.err.println(message);
    System.exit(1);
  }
}
`;
}

/** The fields as string expressions. A value that needs no encoding stays readable. */
function toFields(
  values: readonly Value[],
  encode: (argument: string) => string,
  toLiteral: (text: string) => string,
  toVariable: (variable: string) => string,
): string[] {
  return values.map(({ name, text, items, variable }, index) => {
    const begin = `${index === 0 ? "" : "&"}${encodeURIComponent(name)}=`;
    if (!variable && !items && /^[\w.*-]*$/.test(text)) return quote(begin + text);
    const ways = [variable ? toVariable(variable) : toLiteral(text)];
    if (items) ways.unshift(`String.join(",", ${items.map(toLiteral).join(", ")})`);
    return fitIn(
      "       + ", // As deep as in the full program, which also ends the last line with a semicolon.
      ...ways.map(encode).flatMap((way) => [`${quote(begin)} + ${way}`, `${quote(begin)}\n  + ${way}`]),
    );
  });
}

const tests = {
  string: '.startsWith("\\"")',
  integer: '.matches("-?\\\\d+")',
  number: '.matches("-?\\\\d.*")',
  boolean: '.matches("true|false")',
  array: '.startsWith("[")',
  object: '.startsWith("{")',
};

function toCheck({ name, type }: Field): string {
  const value = `answer.getOrDefault("${name}", "")`;
  return fit(
    `    if (!${value}${tests[type]})\n      fail("no ${name} in the answer");`,
    `    if (!${value}\n        ${tests[type]})\n      fail("no ${name} in the answer");`,
  )
    .trimStart()
    .replaceAll(/^ {4}/gm, "");
}

function toPrint(field: Field, index: number): string {
  const { name } = field;
  const value = `text(answer.get("${name}"))`;
  const print =
    index === 0
      ? `System.out.println(${value});`
      : fit(
          `    System.err.println("${name}: " + ${value});`,
          `System.err.println(\n  "${name}: "\n  + ${value});`,
        ).trimStart();
  return isNeeded(field, index) ? print : `if (answer.containsKey("${name}"))\n  ${print.replaceAll("\n", "\n  ")}`;
}
