<?php
declare(strict_types=1);

function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

$base = getenv('DINGTALK_BASE_URL') ?: 'https://oapi.dingtalk.io';
$query = http_build_query(['appkey' => getenv('DINGTALK_APP_KEY'), 'appsecret' => getenv('DINGTALK_APP_SECRET')]);
$context = stream_context_create(['http' => [
    'timeout' => 10,
    'follow_location' => 0, // A redirect would carry the secret elsewhere.
    'ignore_errors' => true, // So that the status is read below.
]]);
// The @ keeps the warning back, which quotes the URL, and so the secret.
$stream = @fopen("$base/gettoken?$query", 'r', false, $context) ?: fail('no answer');
[, $status] = explode(' ', stream_get_meta_data($stream)['wrapper_data'][0]);
if ($status !== '200') {
    fail("HTTP $status");
}
$answer = json_decode(stream_get_contents($stream), true);
$errcode = $answer['errcode'] ?? 'no errcode in the answer';
if ($errcode !== 0) { // A failure is HTTP 200, too. Under errcode 88 the real code is sub_code.
    fail(($answer['sub_code'] ?? $errcode) . ' ' . ($answer['sub_msg'] ?? $answer['errmsg'] ?? ''));
}
// Keep the token for as long as it is valid: frequent calls are rate-limited.
$token = $answer['access_token'] ?? fail('no access_token in the answer');
$seconds = $answer['expires_in'] ?? fail('no expires_in in the answer');
echo "The token is valid for $seconds seconds\n";
