package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	query := url.Values{
		"access_token": {env("DINGTALK_ACCESS_TOKEN")},
	}
	form := url.Values{
		"userid":   {"user1"},
		"role_id":  {"1688611118"},
		"dept_ids": {strings.Join([]string{"11", "1231"}, ",")},
	}
	request, err := http.NewRequest(
		"POST",
		base+"/topapi/role/scope/update?"+query.Encode(),
		strings.NewReader(form.Encode()),
	)
	if err != nil {
		// Its message can quote the credential.
		log.Fatalf("no answer: %T", errors.Unwrap(err))
	}
	request.Header.Set("Content-Type",
		"application/x-www-form-urlencoded;charset=utf-8")
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: doNotFollow,
	}
	response, err := client.Do(request)
	if err != nil {
		log.Fatalf("no answer: %T", errors.Unwrap(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		log.Fatal("HTTP ", response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal("the answer was cut off, or took too long")
	}

	// Codes come as strings, too; UseNumber keeps all digits.
	var answer map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err = decoder.Decode(&answer)
	if err != nil || answer["errcode"] == nil {
		log.Fatal("no errcode: is the IP blocked? ",
			"Stop for 5 minutes")
	}
	// Under errcode 88 the real code is sub_code.
	code, message := answer["sub_code"], answer["sub_msg"]
	if code == nil {
		code, message = answer["errcode"], answer["errmsg"]
	}
	// A failure is HTTP 200, too.
	if fmt.Sprint(answer["errcode"]) != "0" {
		log.Fatalf("%v %v", code, message)
	}
	fmt.Println("done")
}

// A redirect would carry the credential elsewhere.
func doNotFollow(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}

func env(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatal(name, " is not set")
	}
	return value
}
