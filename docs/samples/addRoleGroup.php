<?php
declare(strict_types=1);

function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

function env(string $name): string
{
    return getenv($name) ?: fail("$name is not set");
}

$base = getenv('DINGTALK_BASE_URL')
    ?: 'https://oapi.dingtalk.io';
$token = urlencode(env('DINGTALK_ACCESS_TOKEN'));
$type = 'application/x-www-form-urlencoded;charset=utf-8';
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => "Content-Type: $type",
    'content' => http_build_query(['name' => '制造部']),
    'timeout' => 10, // For each wait.
    // A redirect would carry the token elsewhere.
    'follow_location' => 0,
    // So that the status is read below.
    'ignore_errors' => true,
]]);
// No retry: after a timeout it is unknown whether the role
// group was created, so look before you send it again.
// The @ keeps the warning back, which can quote the token.
$end = microtime(true) + 10;
$stream = @fopen(
    "$base/role/add_role_group?access_token=$token",
    'r', false, $context
) ?: fail('no answer');
$headers = stream_get_meta_data($stream)['wrapper_data'];
sscanf($headers[0], 'HTTP/%*s %d', $status);
if ($status !== 200) {
    fail("HTTP $status");
}
$body = '';
while (!feof($stream)) {
    $body .= fread($stream, 8192);
    if (microtime(true) > $end) {
        fail('the answer took longer than 10 seconds');
    }
}
// PHP takes a body that was cut off for a whole one.
$length = preg_filter('/^content-length: */i', '', $headers);
if ($length && (int) end($length) !== strlen($body)) {
    fail('the answer was cut off');
}

$answer = json_decode($body, true);
$errcode = filter_var(
    $answer['errcode'] ?? null, FILTER_VALIDATE_INT
);
if ($errcode === false) {
    fail('no errcode: is the IP blocked? Stop for 5 minutes');
}
if ($errcode !== 0) { // A failure is HTTP 200, too.
    // Under errcode 88 the real code is sub_code.
    $code = $answer['sub_code'] ?? $errcode;
    $message = $answer['sub_msg'] ?? $answer['errmsg'] ?? '';
    fail("$code $message");
}
// Where PHP's integers have 64 bits.
$groupId = filter_var(
    $answer['groupId'] ?? null, FILTER_VALIDATE_INT
) ?: fail('no groupId in the answer');
echo "Created role group $groupId\n";
