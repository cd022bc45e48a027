/** Go, with only its standard library. */
import type { Field } from "@dingrole/spec";
import { type Call, formType, isNeeded, nextPage, notes, type Value, variables } from "./call.ts";
import { comment, fill, fit, fitIn, source } from "./source.ts";

const quote = (text: string) => JSON.stringify(text);

/** The body of a function: an editor adds the imports. */
export function short({ method, host, path, query, form }: Call): string {
  const assign = (name: string, values: readonly Value[]) => {
    const items = values.map((each) => `${quote(each.name)}: ${toValue(each, "os.Getenv")}`);
    return fit(`${name} := url.Values{${items.join(", ")}}`, `${name} := url.Values{\n${fill(items, "\t", "}")}`);
  };
  const address = `${quote(`${host}${path}?`)}`;
  const send = form || method === "POST" ? ["http.PostForm(", ", form)"] : ["http.Get(", ")"];
  return source`
${assign("query", query)}
${(form || method === "POST") && assign("form", form ?? [])}
${fit(
  `response, err := ${send[0]}${address}+query.Encode()${send[1]}`,
  `response, err := ${send[0]}\n\t${address}+query.Encode()${send[1]}`,
  `response, err := ${send[0]}\n\t${address}+\n\t\tquery.Encode()${send[1]}`,
)}
if err != nil { // It quotes the credential, in the URL.
	log.Fatal(errors.Unwrap(err))
}
// ${notes.failureInBody}
io.Copy(os.Stdout, response.Body)
`;
}

export function full(call: Call): string {
  const { id, method, host, path, query, form, results, issuesToken, effect } = call;
  const isIn = (type: Field["type"]) => results.some((each) => each.type === type);
  const packages = [
    "bytes",
    "encoding/json",
    "errors",
    "fmt",
    "io",
    "log",
    "net/http",
    "net/url",
    "os",
    isIn("integer") && "strconv",
    form && "strings",
    "time",
  ].filter((each) => typeof each === "string");
  const more = nextPage(call);
  return source`
${issuesToken && `// export ${variables.token}="$(go run ${id}.go)"`}
package main

import (
	${packages.map(quote)}
)

func main() {
	log.SetFlags(0)
	base := os.Getenv("${variables.baseUrl}")
	if base == "" {
		base = ${quote(host)}
	}
	query := ${toValues(query)}
	${form && `form := ${toValues(form)}`}
	request, err := http.NewRequest(
		"${method}",
		base+${quote(`${path}?`)}+query.Encode(),
		${form ? "strings.NewReader(form.Encode())," : "nil,"}
	)
	if err != nil {
		// Its message can quote the credential.
		log.Fatalf("no answer: %T", errors.Unwrap(err))
	}
	${form && ['request.Header.Set("Content-Type",', `	"${formType};charset=utf-8")`]}
	client := http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: doNotFollow,
	}
${effect === "neither" && comment("\t//", notes.noRetry)}
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
		log.Fatal("${notes.noErrcode.replace("? ", '? ",\n\t"')}")
	}
	// ${notes.wrapped}
	code, message := answer["sub_code"], answer["sub_msg"]
	if code == nil {
		code, message = answer["errcode"], answer["errmsg"]
	}
	// ${notes.failure}
	if fmt.Sprint(answer["errcode"]) != "0" {
		log.Fatalf("%v %v", code, message)
	}
	${results.filter(isNeeded).map(toCheck)}
${issuesToken && comment("\t//", notes.keep)}
${more && comment("\t//", more)}
	${results.map(toPrint)}
	${results.length === 0 && 'fmt.Println("done")'}
}

// ${notes.redirect}
func doNotFollow(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}
${
  isIn("integer") &&
  `
func isInteger(value any) bool {
	_, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
	return err == nil
}`
}
${
  (isIn("array") || isIn("object")) &&
  `
func toJSON(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}`
}
${
  [...query, ...(form ?? [])].some(({ variable }) => variable) &&
  `
func env(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatal(name, " is not set")
	}
	return value
}`
}
`;
}

const toValue = ({ variable, text }: Value, read: string) =>
  `{${variable ? `${read}(${quote(variable)})` : quote(text)}}`;

/** Aligns the values in a column, as gofmt does. */
function toValues(values: readonly Value[]): string {
  const width = Math.max(...values.map(({ name }) => quote(name).length + 1));
  return source`
url.Values{
	${values.map((each) => {
    const begin = `${quote(each.name)}:`.padEnd(width);
    const ways = [toValue(each, "env")];
    if (each.items) ways.unshift(`{strings.Join([]string{${each.items.map(quote).join(", ")}}, ",")}`);
    return fitIn("\t\t", ...ways.map((way) => `${begin} ${way},`));
  })}
}
`.trimEnd();
}

function toCheck({ name, type }: Field): string {
  const value = `answer[${quote(name)}]`;
  const fail = `	log.Fatal("no ${name} in the answer")\n}`;
  if (type === "integer") return `if !isInteger(${value}) {\n${fail}`;
  const types = {
    string: "string",
    number: "json.Number",
    boolean: "bool",
    array: "[]any",
    object: "map[string]any",
  };
  return fit(
    `	if _, isThere := ${value}.(${types[type]}); !isThere {\n${fail}`,
    `	_, isThere := ${value}.(${types[type]})\nif !isThere {\n${fail}`,
  ).slice(1);
}

function toPrint(field: Field, index: number): string {
  const { name, type } = field;
  const value = `answer[${quote(name)}]`;
  const text = type === "array" || type === "object" ? `toJSON(${value})` : value;
  const print = index === 0 ? `fmt.Println(${text})` : `log.Print("${name}: ", ${text})`;
  return isNeeded(field, index) ? print : `if ${value} != nil {\n\t${print}\n}`;
}
