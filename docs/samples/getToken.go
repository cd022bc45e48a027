// export DINGTALK_ACCESS_TOKEN="$(go run getToken.go)"
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
	"time"
)

func main() {
	log.SetFlags(0)
	base := os.Getenv("DINGTALK_BASE_URL")
	if base == "" {
		base = "https://oapi.dingtalk.io"
	}
	query := url.Values{
		"appkey":    {env("DINGTALK_APP_KEY")},
		"appsecret": {env("DINGTALK_APP_SECRET")},
	}
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: doNotFollow,
	}
	address := base + "/gettoken?" + query.Encode()
	response, err := client.Get(address)
	if err != nil {
		// Its message can quote the URL, and so the secret.
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
	token, _ := answer["access_token"].(string)
	if token == "" {
		log.Fatal("no access_token in the answer")
	}
	// Keep it for as long as it is valid: frequent calls are
	// rate-limited.
	fmt.Println(token)
	log.Print("Valid for ", answer["expires_in"], " seconds")
}

// A redirect would carry the secret elsewhere.
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
