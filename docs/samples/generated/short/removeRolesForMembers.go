query := url.Values{
	"access_token": {os.Getenv("DINGTALK_ACCESS_TOKEN")}}
form := url.Values{
	"roleIds": {"1688611118,4956354843"},
	"userIds": {"user1,user2"}}
response, err := http.PostForm(
	"https://oapi.dingtalk.io/topapi/role/removerolesforemps?"+
		query.Encode(), form)
if err != nil { // It quotes the credential, in the URL.
	log.Fatal(errors.Unwrap(err))
}
// A failure is HTTP 200, too: its errcode is not 0.
io.Copy(os.Stdout, response.Body)
