import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.*;
import java.time.Duration;
import java.util.regex.*;

class GetToken {
    public static void main(String[] args) throws Exception {
        String base = System.getenv().getOrDefault("DINGTALK_BASE_URL", "https://oapi.dingtalk.io");
        String query = "appkey=" + URLEncoder.encode(System.getenv("DINGTALK_APP_KEY"), UTF_8)
            + "&appsecret=" + URLEncoder.encode(System.getenv("DINGTALK_APP_SECRET"), UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/").resolve("gettoken?" + query))
            .timeout(Duration.ofSeconds(10)).build();
        // A redirect would carry the secret elsewhere.
        HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());

        String answer = response.body();
        if (response.statusCode() != 200) fail("HTTP " + response.statusCode());
        // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
        if (field(answer, "sub_code") != null) fail(field(answer, "sub_code") + " " + field(answer, "sub_msg"));
        if (!"0".equals(field(answer, "errcode"))) fail(field(answer, "errcode") + " " + field(answer, "errmsg"));
        // Keep the token for as long as it is valid: frequent calls are rate-limited.
        String token = field(answer, "access_token");
        if (token == null) fail("no access_token in the answer");
        System.out.println("The token is valid for " + Integer.parseInt(field(answer, "expires_in")) + " seconds");
    }

    /** Java has no JSON parser, and for a few fields of a flat object this will do. With Jackson: readTree(answer). */
    static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(-?\\d+))").matcher(json);
        return !found.find() ? null : found.group(1) != null ? found.group(1) : found.group(2);
    }

    static void fail(String message) { System.err.println(message); System.exit(1); }
}
