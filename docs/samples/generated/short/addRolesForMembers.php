<?php // A failure is HTTP 200, too.
$query = http_build_query([
    'access_token' => getenv('DINGTALK_ACCESS_TOKEN')]);
$curl = curl_init(
    'https://oapi.dingtalk.io/topapi/role/addrolesforemps?'
    . $query);
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POSTFIELDS => http_build_query([
        'roleIds' => '1688611118,4956354843',
        'userIds' => 'user1,user2'])]);
$answer = json_decode(curl_exec($curl), true) ?? die('no JSON');
if ("$answer[errcode]" !== '0') die(print_r($answer, true));
print_r($answer);
