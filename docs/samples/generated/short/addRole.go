query := url.Values{
	"access_token": {os.Getenv("DINGTALK_ACCESS_TOKEN")}}
form := url.Values{
	"roleName": {"Service"}, "groupId": {"1560985325"}}
response, err := http.PostForm(
	"https://oapi.dingtalk.io/role/add_role?"+
		query.Encode(), form)
if err != nil { // It quotes the credential, in the URL.
	log.Fatal(errors.Unwrap(err))
}
// A failure is HTTP 200, too: its errcode is not 0.
io.Copy(os.Stdout, response.Body)
