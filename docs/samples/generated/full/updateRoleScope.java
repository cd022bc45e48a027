import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.*;
import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;

class UpdateRoleScope {
  public static void main(String[] args) {
    // Java before 18 writes in the machine's own encoding.
    System.setOut(new PrintStream(System.out, true, UTF_8));
    System.setErr(new PrintStream(System.err, true, UTF_8));
    String query =
      "access_token=" + encode(env("DINGTALK_ACCESS_TOKEN"));
    String form =
      "userid=user1"
      + "&role_id=1688611118"
      + "&dept_ids=" + encode(String.join(",", "11", "1231"));
    HttpResponse<String> response = null;
    try {
      response = send(query, form);
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
      fail("no errcode: is the IP blocked? Stop for 5 minutes");
    // A failure is HTTP 200, too.
    if (!errcode.equals("0")) {
      // Under errcode 88 the real code is sub_code.
      boolean isWrapped = answer.containsKey("sub_code");
      String code = isWrapped ? "sub_code" : "errcode";
      String message = isWrapped ? "sub_msg" : "errmsg";
      fail(text(answer.get(code)) + " "
        + text(answer.get(message)));
    }
    System.out.println("done");
  }

  static HttpResponse<String> send(String query, String form)
      throws Exception {
    String base = System.getenv().getOrDefault(
      "DINGTALK_BASE_URL", "https://oapi.dingtalk.io");
    HttpRequest request = HttpRequest
      .newBuilder(URI.create(
        base + "/topapi/role/scope/update?" + query))
      .header("Content-Type",
        "application/x-www-form-urlencoded;charset=utf-8")
      .POST(HttpRequest.BodyPublishers.ofString(form))
      .build();
    // A redirect would carry the credential elsewhere. By
    // default none is followed.
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
