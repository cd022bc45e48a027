<?php
declare(strict_types=1);

function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

$base = getenv('DINGTALK_BASE_URL') ?: 'https://oapi.dingtalk.io';
$query = http_build_query(['access_token' => getenv('DINGTALK_ACCESS_TOKEN')]);
$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => 'Content-Type: application/x-www-form-urlencoded;charset=utf-8',
    'content' => http_build_query(['name' => '制造部']),
    'timeout' => 10,
    'follow_location' => 0, // A redirect would carry the token elsewhere.
    'ignore_errors' => true, // So that the status is read below.
]]);
// The @ keeps the warning back, which quotes the URL, and so the token.
// No retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
$stream = @fopen("$base/role/add_role_group?$query", 'r', false, $context) ?: fail('no answer');
[, $status] = explode(' ', stream_get_meta_data($stream)['wrapper_data'][0]);
if ($status !== '200') {
    fail("HTTP $status");
}
$answer = json_decode(stream_get_contents($stream), true, flags: JSON_BIGINT_AS_STRING);
$errcode = $answer['errcode'] ?? 'no errcode in the answer';
if ($errcode !== 0) { // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
    fail(($answer['sub_code'] ?? $errcode) . ' ' . ($answer['sub_msg'] ?? $answer['errmsg'] ?? ''));
}
$groupId = $answer['groupId'] ?? fail('no groupId in the answer');
echo "Created role group $groupId\n";
