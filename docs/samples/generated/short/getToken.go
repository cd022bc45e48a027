query := url.Values{
	"appkey": {os.Getenv("DINGTALK_APP_KEY")},
	"appsecret": {os.Getenv("DINGTALK_APP_SECRET")}}
response, err := http.Get(
	"https://oapi.dingtalk.io/gettoken?"+query.Encode())
if err != nil { // It quotes the credential, in the URL.
	log.Fatal(errors.Unwrap(err))
}
// A failure is HTTP 200, too: its errcode is not 0.
io.Copy(os.Stdout, response.Body)
