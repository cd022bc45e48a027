<?php // A failure is HTTP 200, too.
$query = http_build_query([
    'access_token' => getenv('DINGTALK_ACCESS_TOKEN')]);
$curl = curl_init(
    'https://oapi.dingtalk.io/topapi/role/simplelist?'
    . $query);
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POSTFIELDS => http_build_query([
        'role_id' => '1688611118', 'size' => '20',
        'offset' => '0'])]);
$answer = json_decode(curl_exec($curl), true) ?? die('no JSON');
if ("$answer[errcode]" !== '0') die(print_r($answer, true));
foreach ($answer['result']['list'] ?? [] as $row)
    echo $row['userid'], ' ', $row['name'], "\n";
