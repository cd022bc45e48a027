/** PHP with its curl extension. */
import type { Field } from "@dingrole/spec";
import {
  type Call,
  formType,
  isNeeded,
  isOptional,
  nextPage,
  notes,
  type Output,
  type Value,
  variables,
} from "./call.ts";
import { comment, fill, fit, fitIn, source } from "./source.ts";

/** A line break is escaped, because lines of the program are indented. */
const quote = (text: string) => `'${text.replaceAll(/[\\']/g, "\\$&").replaceAll("\n", `' . "\\n" . '`)}'`;

export function short({ method, host, path, query, form = [], output }: Call): string {
  const toItems = (values: readonly Value[]) =>
    values.map(
      ({ name, variable, text }) => `${quote(name)} => ${variable ? `getenv(${quote(variable)})` : quote(text)}`,
    );
  const address = quote(`${host}${path}?`);
  const fields = toItems(form);
  const setForm = "    CURLOPT_POSTFIELDS => http_build_query([";
  return source`
<?php // ${notes.failure}
$query = http_build_query([
${fill(toItems(query), "    ", "]);")}
${fit(
  `$curl = curl_init(${address} . $query);`,
  `$curl = curl_init(\n    ${address} . $query);`,
  `$curl = curl_init(\n    ${address}\n    . $query);`,
)}
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true${method === "POST" ? "," : "]);"}
${method === "POST" && fit(`${setForm}${fields.join(", ")}])]);`, `${setForm}\n${fill(fields, "        ", "])]);")}`)}
$answer = json_decode(curl_exec($curl), true) ?? die('no JSON');
if ("$answer[errcode]" !== '0') die(print_r($answer, true));
${output ? showOutput(output) : "print_r($answer);"}
`;
}

function showOutput({ path, isList, columns }: Output): string {
  const key = ({ name }: Field) => `[${quote(name)}]`;
  const value = `$answer${path.map(key).join("")}`;
  const cells = columns.map((field) => `$row${key(field)}${isOptional(field) ? " ?? ''" : ""}`);
  const print = `echo ${cells.join(", ' ', ") || "$row"}, "\\n";`;
  if (isList) return `foreach (${value}${path.some(isOptional) ? " ?? []" : ""} as $row)\n    ${print}`;
  if (columns.length > 0) return `$row = ${value};\n${print}`;
  return isPlain(path[0]) ? `echo ${value}, "\\n";` : `print_r(${value});`;
}

export function full(call: Call): string {
  const { id, method, host, path, query, form, results, issuesToken, effect } = call;
  const more = nextPage(call);
  return source`
<?php // It needs PHP's curl extension.
${issuesToken && `// export ${variables.token}="$(php ${id}.php)"`}
declare(strict_types=1);

function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

function env(string $name): string
{
    return getenv($name) ?: fail("$name is not set");
}
${
  !results.every(isPlain) &&
  `
function toJson(mixed $value): string
{
    return json_encode($value, JSON_UNESCAPED_UNICODE);
}`
}

$base = getenv('${variables.baseUrl}')
    ?: ${quote(host)};
$query = http_build_query([
    ${query.map(toEntry)}
]);
${form && `$form = http_build_query([\n${form.map((each) => `    ${toEntry(each)}\n`).join("")}]);`}
${form && `$type = '${formType};charset=utf-8';`}
${fit(
  `$curl = curl_init($base . ${quote(`${path}?`)} . $query);`,
  `$curl = curl_init(\n    $base . ${quote(`${path}?`)} . $query\n);`,
)}
curl_setopt_array($curl, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 10,
    // ${notes.redirect}
    CURLOPT_FOLLOWLOCATION => false,
    ${form && ["CURLOPT_POSTFIELDS => $form,", 'CURLOPT_HTTPHEADER => ["Content-Type: $type"],']}
    ${!form && method === "POST" && "CURLOPT_POSTFIELDS => '',"}
]);
${effect === "neither" && comment("//", notes.noRetry)}
$body = curl_exec($curl);
if ($body === false) {
    fail('no answer: ' . curl_strerror(curl_errno($curl)));
}
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
if ($status !== 200) {
    fail("HTTP $status");
}

$answer = json_decode($body, true);
$errcode = filter_var(
    $answer['errcode'] ?? null, FILTER_VALIDATE_INT
);
if ($errcode === false) {
    fail('${notes.noErrcode}');
}
if ($errcode !== 0) { // ${notes.failure}
    // ${notes.wrapped}
    $code = $answer['sub_code'] ?? $errcode;
    $message = $answer['sub_msg'] ?? $answer['errmsg'] ?? '';
    fail("$code $message");
}
${results.filter(isNeeded).map(toCheck)}
${issuesToken && comment("//", notes.keep)}
${more && comment("//", more)}
${results.map(toPrint)}
${results.length === 0 && 'echo "done\\n";'}
`;
}

function toEntry({ name, variable, text, items }: Value): string {
  const ways = [variable ? `env(${quote(variable)})` : quote(text)];
  if (items) ways.unshift(`implode(',', [${items.map(quote).join(", ")}])`);
  return fitIn("    ", ...ways.map((way) => `${quote(name)} => ${way},`));
}

const isPlain = ({ type }: Field) => /^(string|integer|number)$/.test(type);

const tests = {
  string: "is_string",
  integer: "is_int",
  number: "is_numeric",
  boolean: "is_bool",
  array: "is_array",
  object: "is_array",
};

function toCheck({ name, type }: Field): string {
  return `if (!${tests[type]}($answer[${quote(name)}] ?? null)) {\n    fail('no ${name} in the answer');\n}`;
}

function toText(field: Field): string {
  const value = `$answer[${quote(field.name)}]`;
  return isPlain(field) ? value : `toJson(${value})`;
}

function toPrint(field: Field, index: number): string {
  const text = toText(field);
  const ways =
    index === 0
      ? [`echo ${text}, "\\n";`]
      : [
          `fwrite(STDERR, "${field.name}: " . ${text} . "\\n");`,
          `fwrite(\n    STDERR,\n    "${field.name}: " . ${text} . "\\n"\n);`,
        ];
  if (isNeeded(field, index)) return fit(...ways);
  const test = `if (isset($answer[${quote(field.name)}]))`;
  return fit(...ways.map((way) => `${test} {\n    ${way.replaceAll("\n", "\n    ")}\n}`));
}
