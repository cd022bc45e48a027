package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	base := os.Getenv("DINGTALK_BASE_URL")
	if base == "" {
		base = "https://oapi.dingtalk.io"
	}
	query := url.Values{"appkey": {os.Getenv("DINGTALK_APP_KEY")}, "appsecret": {os.Getenv("DINGTALK_APP_SECRET")}}
	client := http.Client{
		Timeout: 10 * time.Second,
		// A redirect would carry the secret elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Get(base + "/gettoken?" + query.Encode())
	if err != nil {
		log.Fatal(errors.Unwrap(err)) // What wraps it is a *url.Error, which quotes the URL, and so the secret.
	}
	defer response.Body.Close()
	var answer struct {
		Errcode int
		Errmsg  string
		SubCode string `json:"sub_code"`
		SubMsg  string `json:"sub_msg"`
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	switch { // A failure is HTTP 200, too.
	case response.StatusCode != http.StatusOK:
		log.Fatal("HTTP ", response.StatusCode)
	case err != nil:
		log.Fatal(err)
	case answer.SubCode != "": // Under errcode 88 this is the real code.
		log.Fatal(answer.SubCode, " ", answer.SubMsg)
	case answer.Errcode != 0:
		log.Fatal(answer.Errcode, " ", answer.Errmsg)
	case answer.Token == "" || answer.Seconds == 0:
		log.Fatal("no token in the answer")
	}
	// Keep the token for as long as it is valid: frequent calls are rate-limited.
	fmt.Println("The token is valid for", answer.Seconds, "seconds")
}
