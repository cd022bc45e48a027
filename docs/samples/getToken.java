// export DINGTALK_ACCESS_TOKEN="$(java getToken.java)"
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;

class GetToken {
  public static void main(String[] args) {
    HttpResponse<String> response = null;
    try {
      response = getToken();
    } catch (Exception e) {
      // Its message can quote the URL, and so the secret.
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
    String token = answer.get("access_token");
    if (token == null) fail("no access_token in the answer");
    // Keep it for as long as it is valid: frequent calls are
    // rate-limited.
    System.out.println(token);
    System.err.println(
      "Valid for " + answer.get("expires_in") + " seconds");
  }

  static HttpResponse<String> getToken() throws Exception {
    String base = System.getenv().getOrDefault(
      "DINGTALK_BASE_URL", "https://oapi.dingtalk.io");
    String key = env("DINGTALK_APP_KEY");
    String secret = env("DINGTALK_APP_SECRET");
    HttpRequest request = HttpRequest
      .newBuilder(URI.create(base + "/gettoken"
        + "?appkey=" + URLEncoder.encode(key, UTF_8)
        + "&appsecret=" + URLEncoder.encode(secret, UTF_8)))
      .build();
    // A redirect, which would carry the secret elsewhere, is
    // not followed: that is the default.
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
