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
	"strconv"
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
	request, err := http.NewRequest(
		"GET",
		base+"/gettoken?"+query.Encode(),
		nil,
	)
	if err != nil {
		// Its message can quote the credential.
		log.Fatalf("no answer: %T", errors.Unwrap(err))
	}
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
	if _, isThere := answer["access_token"].(string); !isThere {
		log.Fatal("no access_token in the answer")
	}
	if !isInteger(answer["expires_in"]) {
		log.Fatal("no expires_in in the answer")
	}
	// Keep it while it is valid: frequent calls are
	// rate-limited.
	fmt.Println(answer["access_token"])
	log.Print("expires_in: ", answer["expires_in"])
}

// A redirect would carry the credential elsewhere.
func doNotFollow(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}

func isInteger(value any) bool {
	_, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
	return err == nil
}

func env(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatal(name, " is not set")
	}
	return value
}
