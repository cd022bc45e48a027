package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	base := os.Getenv("DINGTALK_BASE_URL")
	if base == "" {
		base = "https://oapi.dingtalk.io"
	}
	query := url.Values{"access_token": {os.Getenv("DINGTALK_ACCESS_TOKEN")}}
	form := url.Values{"name": {"制造部"}}
	client := http.Client{
		Timeout: 10 * time.Second,
		// A redirect would carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	// No retry: after a timeout it is unknown whether the role group was created, so look before you send it again.
	response, err := client.Post(base+"/role/add_role_group?"+query.Encode(),
		"application/x-www-form-urlencoded;charset=utf-8", strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(errors.Unwrap(err)) // What wraps it is a *url.Error, which quotes the URL, and so the token.
	}
	defer response.Body.Close()
	var answer struct {
		Errcode int
		Errmsg  string
		SubCode string `json:"sub_code"`
		SubMsg  string `json:"sub_msg"`
		GroupID int64  `json:"groupId"`
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
	case answer.GroupID == 0:
		log.Fatal("no groupId in the answer")
	}
	fmt.Println("Created role group", answer.GroupID)
}
