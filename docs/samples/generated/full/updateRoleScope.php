<?php // It needs PHP's curl extension.
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
    'access_token' => env('DINGTALK_ACCESS_TOKEN'),
]);
$form = http_build_query([
    'userid' => 'user1',
    'role_id' => '1688611118',
    'dept_ids' => implode(',', ['11', '1231']),
]);
$type = 'application/x-www-form-urlencoded;charset=utf-8';
$curl = curl_init(
    $base . '/topapi/role/scope/update?' . $query
);
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 10,
    // A redirect would carry the credential elsewhere.
    CURLOPT_FOLLOWLOCATION => false,
    CURLOPT_POSTFIELDS => $form,
    CURLOPT_HTTPHEADER => ["Content-Type: $type"],
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
echo "done\n";
