<?php // A failure is HTTP 200, too.
$query = http_build_query([
    'access_token' => getenv('DINGTALK_ACCESS_TOKEN')]);
$curl = curl_init(
    'https://oapi.dingtalk.io/topapi/role/scope/update?'
    . $query);
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POSTFIELDS => http_build_query([
        'userid' => 'user1', 'role_id' => '1688611118',
        'dept_ids' => '11,1231'])]);
$answer = json_decode(curl_exec($curl), true) ?? die('no JSON');
if ("$answer[errcode]" !== '0') die(print_r($answer, true));
print_r($answer);
