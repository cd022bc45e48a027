/** A shell script with curl and jq. */
import type { Field } from "@dingrole/spec";
import {
  type Call,
  formType,
  isNeeded,
  nextPage,
  notes,
  type Output,
  type Value,
  valuesOf,
  variables,
  variablesOf,
} from "./call.ts";
import { comment, fit, source, wrap } from "./source.ts";

const quote = (text: string) => (/^[\w./:=@,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export function short(call: Call): string {
  const { host, path, output } = call;
  const filter = ['if "\\(.errcode)" == "0" then', output ? showOutput(output) : ".", "else halt_error end"];
  return source`
# It needs jq. ${notes.failure}
${pipeSecret(call)}
  curl --silent --show-error \
    ${quote(host + path)} \
${wrap(optionsOf(call), "    ", " ", " \\")} |
${fit(
  `  jq --raw-output '${filter.join(" ")}'`,
  `  jq --raw-output \\\n    '${filter.join(" ")}'`,
  `  jq --raw-output '${filter.join("\n    ")}'`,
)}
`;
}

function showOutput({ path, isList, columns }: Output): string {
  const value = `${path.map(pathOf).join("")}${isList ? "[]?" : ""}`;
  const row = columns.map((each) => `\\(${pathOf(each)})`).join(" ");
  return row ? `${value} | "${row}"` : value;
}

export function full(call: Call): string {
  const { id, host, path, form, effect, results, issuesToken } = call;
  const more = nextPage(call);
  return source`
#!/bin/sh
# It needs jq, and curl 7.87 for --url-query.
${issuesToken && `# export ${variables.token}="$(sh ${id}.sh)"`}
${variablesOf(call).map((name) => `: "\${${name}:?is not set}"`)}
base=\${${variables.baseUrl}:-${host}}
${form && `type='${formType};charset=utf-8'`}
answer=$(${pipeSecret(call)}
  curl "$base${path}" \
    ${form && '--header "Content-Type: $type" \\'}
${wrap(optionsOf(call), "    ", " ", " \\")} \
    --silent --show-error --max-time 10 \
    --write-out ' %{http_code}') || exit 1
# @- is the standard input: arguments show in the list of
# processes.
${effect === "neither" && comment("#", notes.noRetry.replace("No ", "No --"))}
${comment("#", notes.redirect.replace("A", "No --location: a"))}

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# The output of a jq filter on the answer. Fails without one.
field() {
  printf %s "\${answer% *}" |
    jq --raw-output --compact-output --exit-status "$1" \
      2>/dev/null
}

status=\${answer##* }
[ "$status" = 200 ] || fail "HTTP $status"
errcode=$(field '.errcode | values')
[ "$errcode" ] ||
  fail '${notes.noErrcode}'
# ${notes.failure}
if [ "$errcode" != 0 ]; then
  # ${notes.wrapped}
  code=$(field '.sub_code // .errcode')
  fail "$code $(field '.sub_msg // .errmsg')"
fi
${results.map(toCheck)}
${issuesToken && comment("#", notes.keep)}
${more && comment("#", more)}
${results.map(toPrint)}
${results.length === 0 && "echo done"}
`;
}

/** The list of processes shows arguments, but not stdin, so the secret goes to stdin. Lint refuses a second one. */
function pipeSecret(call: Call): string {
  const secret = valuesOf(call).find(({ isSecret }) => isSecret);
  return secret ? `printf %s "$${secret.variable}" |` : "";
}

function optionsOf({ method, query, form = [] }: Call): string[] {
  const toOption =
    (option: string) =>
    ({ name, text, variable, isSecret }: Value) => {
      if (isSecret) return `${option} ${name}@-`;
      return `${option} ${variable ? `"${name}=$${variable}"` : quote(`${name}=${text}`)}`;
    };
  // Without data, curl would send a GET.
  const empty = method === "POST" && form.length === 0 ? ["--data ''"] : [];
  return [...query.map(toOption("--url-query")), ...form.map(toOption("--data-urlencode")), ...empty];
}

const pathOf = ({ name }: Field) => (/^\w+$/.test(name) ? `.${name}` : `.["${name}"]`);

/** The variable of the script that keeps a field. The script uses it for nothing else. */
function variableFor({ name }: Field): string {
  const isFree = /^[a-z]\w*$/.test(name) && !/^(answer|base|code|errcode|status|type)$/.test(name);
  return isFree ? name : `result_${name.replaceAll(/\W/g, "_")}`;
}

const filters = {
  string: "strings",
  integer: "numbers",
  number: "numbers",
  boolean: "booleans | tostring", // jq calls false a failure.
  array: "arrays",
  object: "objects",
};

function toCheck(field: Field, index: number): string {
  const { name, type, format } = field;
  const variable = variableFor(field);
  const filter = `'${pathOf(field)} | ${filters[type]}'`;
  const end = isNeeded(field, index) ? ` ||\n  fail 'no ${name} in the answer'` : "";
  return source`
${fit(`${variable}=$(field ${filter})${end}`, `${variable}=$(\n  field ${filter}\n)${end}`)}
${
  format === "int64" &&
  `case $answer in
*"$${variable}"*) ;;
*) fail 'jq before 1.7 rounds ${name}: update it' ;;
esac`
}
`.trimEnd();
}

function toPrint(field: Field, index: number): string {
  const variable = variableFor(field);
  const print = index === 0 ? `printf '%s\\n' "$${variable}"` : `echo "${field.name}: $${variable}" >&2`;
  return isNeeded(field, index) ? print : `[ -z "$${variable}" ] || ${print}`;
}
