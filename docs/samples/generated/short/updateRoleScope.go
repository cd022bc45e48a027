query := url.Values{
	"access_token": {os.Getenv("DINGTALK_ACCESS_TOKEN")}}
form := url.Values{
	"userid": {"user1"}, "role_id": {"1688611118"},
	"dept_ids": {"11,1231"}}
response, err := http.PostForm(
	"https://oapi.dingtalk.io/topapi/role/scope/update?"+
		query.Encode(), form)
if err != nil { // It quotes the credential, in the URL.
	log.Fatal(errors.Unwrap(err))
}
// A failure is HTTP 200, too: its errcode is not 0.
io.Copy(os.Stdout, response.Body)
