<?php // It needs PHP's curl extension.
// export DINGTALK_ACCESS_TOKEN="$(php getToken.php)"
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
$query = http_build_query([
    'appkey' => env('DINGTALK_APP_KEY'),
    'appsecret' => env('DINGTALK_APP_SECRET'),
]);
$curl = curl_init($base . '/gettoken?' . $query);
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 10,
    // A redirect would carry the credential elsewhere.
    CURLOPT_FOLLOWLOCATION => false,
]);
$body = curl_exec($curl);
if ($body === false) {
    fail('no answer: ' . curl_strerror(curl_errno($curl)));
}
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
if ($status !== 200) {
    fail("HTTP $status");
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
if (!is_string($answer['access_token'] ?? null)) {
    fail('no access_token in the answer');
}
if (!is_int($answer['expires_in'] ?? null)) {
    fail('no expires_in in the answer');
}
// Keep it while it is valid: frequent calls are rate-limited.
echo $answer['access_token'], "\n";
fwrite(STDERR, "expires_in: " . $answer['expires_in'] . "\n");
