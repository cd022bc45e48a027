import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;

class AddRoleGroup {
  public static void main(String[] args) {
    // Escaped: Java before 18 reads its source in the
    // machine's own encoding.
    String name = "\u5236\u9020\u90e8";
    HttpResponse<String> response = null;
    try {
      response = addRoleGroup(name);
    } catch (Exception e) {
      // Its message can quote the URL, and so the token.
      Throwable why = e.getCause() == null ? e : e.getCause();
      fail("no answer: " + why.getClass().getSimpleName());
    }
    if (response.statusCode() != 200)
      fail("HTTP " + response.statusCode());

    Map<String, String> answer = fieldsOf(response.body());
    String errcode = answer.get("errcode");
    if (errcode == null)
      fail("no errcode: is the IP blocked? Stop for 5 minutes");
    // A failure is HTTP 200, too.
    if (!errcode.equals("0")) {
      // Under errcode 88 the real code is sub_code.
      boolean isWrapped = answer.containsKey("sub_code");
      fail(isWrapped
        ? answer.get("sub_code") + " " + answer.get("sub_msg")
        : errcode + " " + answer.get("errmsg"));
    }
    String id = answer.getOrDefault("groupId", "");
    if (!id.matches("\\d+")) fail("no groupId in the answer");
    System.out.println("Created role group " + id);
  }

  static HttpResponse<String> addRoleGroup(String name)
      throws Exception {
    String base = System.getenv().getOrDefault(
      "DINGTALK_BASE_URL", "https://oapi.dingtalk.io");
    String token = env("DINGTALK_ACCESS_TOKEN");
    HttpRequest request = HttpRequest
      .newBuilder(URI.create(base + "/role/add_role_group"
        + "?access_token=" + URLEncoder.encode(token, UTF_8)))
      .header("Content-Type",
        "application/x-www-form-urlencoded;charset=utf-8")
      .POST(HttpRequest.BodyPublishers.ofString(
        "name=" + URLEncoder.encode(name, UTF_8)))
      .build();
    // No retry: after a timeout it is unknown whether the role
    // group was created, so look before you send it again.
    // A redirect, which would carry the token elsewhere, is not
    // followed: that is the default.
    return HttpClient.newHttpClient()
      .sendAsync(request, HttpResponse.BodyHandlers.ofString())
      .get(10, TimeUnit.SECONDS);
  }

  /**
   * The fields of a JSON object, as far as it is flat: Java has
   * no JSON parser. With Jackson: readTree(json).
   */
  static Map<String, String> fieldsOf(String json) {
    String string = "\"([^\"\\\\]*(?:\\\\.[^\"\\\\]*)*)\"";
    Matcher each = Pattern.compile("\\G\\s*[{,]\\s*" + string
      + "\\s*:\\s*(?:" + string + "|(-?\\d+))\\s*(?=[,}])")
      .matcher(json);
    Map<String, String> fields = new HashMap<>();
    while (each.find())
      fields.put(each.group(1), each.group(2) != null
        ? each.group(2) : each.group(3));
    return fields;
  }

  static String env(String name) {
    String value = System.getenv().getOrDefault(name, "");
    if (value.isEmpty()) fail(name + " is not set");
    return value;
  }

  static void fail(String message) {
    System.err.println(message);
    System.exit(1);
  }
}
