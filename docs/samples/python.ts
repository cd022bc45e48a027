/** Python 3, with only its standard library. */
import type { Field } from "@dingrole/spec";
import { type Call, isNeeded, isOptional, nextPage, notes, type Output, type Value, variables } from "./call.ts";
import { comment, fill, fit, fitIn, source } from "./source.ts";

const quote = (text: string) => JSON.stringify(text);

export function short({ method, host, path, query, form, output }: Call): string {
  const toItem = ({ name, text, variable }: Value) =>
    `${quote(name)}: ${variable ? `os.environ[${quote(variable)}]` : quote(text)}`;
  const assign = (name: string, values: readonly Value[]) => {
    const begin = `${name} = urllib.parse.urlencode({`;
    const items = values.map(toItem);
    return fit(`${begin}${items.join(", ")}})`, `${begin}\n${fill(items, "    ", "})")}`);
  };
  const address = host + path;
  const body = form ? ", form.encode()" : method === "POST" && ', b""';
  return source`
import json, os, urllib.parse, urllib.request

${assign("query", query)}
${form && assign("form", form)}
${fit(`url = ${quote(`${address}?`)} + query`, `url = (${quote(address)}\n       "?" + query)`)}
answer = json.load(urllib.request.urlopen(url${body}))
if str(answer["errcode"]) != "0":  # ${notes.failure}
    raise SystemExit(answer)
${output ? showOutput(output) : "print(answer)"}
`;
}

function showOutput({ path, isList, columns }: Output): string {
  const key = ({ name }: Field) => `[${quote(name)}]`;
  const get = ({ name }: Field) => `.get(${quote(name)})`;
  const column = (field: Field) => (isOptional(field) ? get(field) : key(field));
  const outer = `answer${path.slice(0, -1).map(key).join("")}`;
  const last = path.at(-1) as Field;
  const value = outer + key(last);
  const rows = isOptional(last) ? `${outer}${get(last)} or []` : value;
  const print = `print(${columns.map((each) => `row${column(each)}`).join(", ") || "row"})`;
  if (isList) return `for row in ${rows}:\n    ${print}`;
  return columns.length > 0 ? `row = ${value}\n${print}` : `print(${value})`;
}

export function full(call: Call): string {
  const { id, method, host, path, query, form, results, issuesToken, effect } = call;
  const more = nextPage(call);
  return source`
${issuesToken && `# export ${variables.token}="$(python3 ${id}.py)"`}
import json
import os
import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPRedirectHandler,
    Request,
    build_opener,
)


class NoRedirect(HTTPRedirectHandler):
    # ${notes.redirect}
    def redirect_request(self, *args):
        return None


def env(name):
    value = os.environ.get(name)
    return value or sys.exit(f"{name} is not set")


base = os.environ.get(
    "${variables.baseUrl}", ${quote(host)}
)
query = urlencode({
    ${query.map(toItem)}
})
${form && `form = urlencode({\n${form.map((each) => `    ${toItem(each)}\n`).join("")}}).encode()`}
${form && 'mime = "application/x-www-form-urlencoded;charset=utf-8"'}
${effect === "neither" && comment("#", notes.noRetry)}
# The timeout is for each wait, not for all of them.
try:
    request = Request(
        base + ${quote(`${path}?`)} + query,
        ${form && ["form,", '{"Content-Type": mime},']}
        method="${method}",
    )
    opener = build_opener(NoRedirect)
    with opener.open(request, timeout=10) as response:
        body = response.read()
except HTTPError as error:
    sys.exit(f"HTTP {error.code}")
except (OSError, HTTPException, ValueError) as error:
    # Its message can quote the credential.
    reason = getattr(error, "reason", error)
    sys.exit(f"no answer: {type(reason).__name__}")

try:
    answer = json.loads(body)
except ValueError:
    answer = None
is_object = isinstance(answer, dict)
if not is_object or answer.get("errcode") is None:
    sys.exit(
        "${notes.noErrcode}"
    )
# ${notes.failure}
if str(answer["errcode"]) != "0":
    # ${notes.wrapped}
    code = answer.get("sub_code") or answer["errcode"]
    message = answer.get("sub_msg") or answer.get("errmsg")
    sys.exit(f"{code} {message}")
${results.length === 0 && 'print("done")'}
${results.filter(isNeeded).map(toCheck)}
${issuesToken && comment("#", notes.keep)}
${more && comment("#", more)}
${results.map(toPrint)}
`;
}

function toItem({ name, text, items, variable }: Value): string {
  const ways = [variable ? `env(${quote(variable)})` : quote(text)];
  if (items) ways.unshift(`",".join([${items.map(quote).join(", ")}])`);
  return fitIn("    ", ...ways.map((way) => `${quote(name)}: ${way},`));
}

const types = { string: "str", integer: "int", number: "(int, float)", boolean: "bool", array: "list", object: "dict" };

function toCheck({ name, type }: Field): string {
  const test = `isinstance(answer.get(${quote(name)}), ${types[type]})`;
  return `${fit(`if not ${test}:`, `if not ${test.replace("(", "(\n    ").replace(/\)$/, "\n)")}:`)}
    sys.exit("no ${name} in the answer")`;
}

function toPrint(result: Field, index: number): string {
  const { name, type } = result;
  const field = `answer[${quote(name)}]`;
  const value = /^(string|integer|number)$/.test(type) ? field : `json.dumps(${field}, ensure_ascii=False)`;
  const print =
    index === 0
      ? fit(`print(${value})`, `print(\n    ${value}\n)`)
      : `print(\n    "${name}:", ${value}, file=sys.stderr\n)`;
  return isNeeded(result, index)
    ? print
    : `if answer.get(${quote(name)}) is not None:\n    ${print.replaceAll("\n", "\n    ")}`;
}
