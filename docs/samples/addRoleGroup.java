import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.*;
import java.time.Duration;
import java.util.regex.*;

class AddRoleGroup {
    public static void main(String[] args) throws Exception {
        String base = System.getenv().getOrDefault("DINGTALK_BASE_URL", "https://oapi.dingtalk.io");
        String query = "access_token=" + URLEncoder.encode(System.getenv("DINGTALK_ACCESS_TOKEN"), UTF_8);
        // Escaped, since Java before 18 reads its source in the machine's own encoding.
        String form = "name=" + URLEncoder.encode("\u5236\u9020\u90e8", UTF_8);
        // No retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/").resolve("role/add_role_group?" + query))
            .header("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(form)).timeout(Duration.ofSeconds(10)).build();
        // A redirect would carry the token elsewhere.
        HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());

        String answer = response.body();
        if (response.statusCode() != 200) fail("HTTP " + response.statusCode());
        // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
        if (field(answer, "sub_code") != null) fail(field(answer, "sub_code") + " " + field(answer, "sub_msg"));
        if (!"0".equals(field(answer, "errcode"))) fail(field(answer, "errcode") + " " + field(answer, "errmsg"));
        System.out.println("Created role group " + Long.parseLong(field(answer, "groupId")));
    }

    /** Java has no JSON parser, and for a few fields of a flat object this will do. With Jackson: readTree(answer). */
    static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(-?\\d+))").matcher(json);
        return !found.find() ? null : found.group(1) != null ? found.group(1) : found.group(2);
    }

    static void fail(String message) { System.err.println(message); System.exit(1); }
}
