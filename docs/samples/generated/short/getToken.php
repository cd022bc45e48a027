<?php // A failure is HTTP 200, too.
$query = http_build_query([
    'appkey' => getenv('DINGTALK_APP_KEY'),
    'appsecret' => getenv('DINGTALK_APP_SECRET')]);
$curl = curl_init(
    'https://oapi.dingtalk.io/gettoken?' . $query);
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true]);
$answer = json_decode(curl_exec($curl), true) ?? die('no JSON');
if ("$answer[errcode]" !== '0') die(print_r($answer, true));
echo $answer['access_token'], "\n";
