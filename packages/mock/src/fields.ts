/**
 * Reads a query, a form or a JSON object from its bytes. An ordinary decoder hides faults: it replaces invalid UTF-8, keeps
 * invalid percent-encoding, and takes one of two values. This one reports each of them.
 */

import { isSecret } from "./secrets.ts";

/** A field that is sent twice has both values. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface ReadFields {
  readonly fields: Fields;
  /** The faults that an ordinary decoder hides. */
  readonly faults: readonly string[];
}

/** How many bytes a message quotes, and how many faults are reported. */
const MAX_QUOTED = 10;

/** The largest number of fields of a body: more of them would block the mock for seconds. */
const MAX_FIELDS = 1000;
export const tooManyFields = `body must have at most ${MAX_FIELDS} fields`;

/** The part of a form that has the largest number of fields; `undefined` if the form does not have more. */
export function cutForm(bytes: Uint8Array): Uint8Array | undefined {
  let at = -1;
  for (let count = 0; count < MAX_FIELDS; count++) {
    at = bytes.indexOf(38, at + 1); // An ampersand.
    if (at < 0) return undefined;
  }
  return bytes.subarray(0, at);
}

/** Reads `name=value&name=value`. Each fault begins with `where`: `query` or `body`. */
export function readEncoded(bytes: Uint8Array, where: string): ReadFields {
  const faults: string[] = [];
  const pairs: [string, string][] = [];
  for (const pair of toLatin1(bytes).split("&")) {
    if (pair === "") continue;
    const equals = pair.includes("=") ? pair.indexOf("=") : pair.length;
    const name = decode(pair.slice(0, equals));
    const value = decode(pair.slice(equals + 1));
    pairs.push([name.text, value.text]);
    if (faults.length >= MAX_QUOTED) continue;
    faults.push(...name.faults.map((fault) => `a name in the ${where} ${fault}`));
    // A fault quotes the value, which must not happen to a secret.
    const told = isSecret(name.text) && value.faults.length > 0 ? ["must be percent-encoded UTF-8"] : value.faults;
    faults.push(...told.map((fault) => `${where}.${cut(name.text)} ${fault}`));
  }
  return collect(pairs, where, faults);
}

interface Decoded {
  readonly text: string;
  readonly faults: readonly string[];
}

/** Decodes a text with one character for each byte. Reports each deviation from percent-encoded UTF-8. */
function decode(encoded: string): Decoded {
  const spaced = encoded.replaceAll("+", " ");
  const raw = /[^\x21-\x7e]+/.exec(encoded)?.[0];
  // The platform's decoder is faster, but it does not say where the fault is.
  if (!raw)
    try {
      return checkStart(decodeURIComponent(spaced));
    } catch {}
  const faults: string[] = [];
  if (raw) faults.push(`must be percent-encoded, not the bytes ${toHex(Buffer.from(raw, "latin1"))} themselves`);
  const broken = /%(?![0-9a-f]{2})[!-~]{0,2}/i.exec(encoded)?.[0];
  if (broken) faults.push(`must have two hexadecimal digits after each %, not ${broken}`);
  const unescaped = spaced.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  const { text, faults: more } = decodeUtf8(Buffer.from(unescaped, "latin1"));
  return { text, faults: [...faults, ...more] };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer): Decoded {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    const replaced = bytes.toString();
    const from = Buffer.byteLength(replaced.slice(0, replaced.indexOf("\ufffd")));
    return { text: replaced, faults: [`must be UTF-8, not the bytes ${toHex(bytes.subarray(from))}${guess(bytes)}`] };
  }
  return checkStart(text);
}

function checkStart(text: string): Decoded {
  return { text, faults: text.startsWith("\ufeff") ? ["must not begin with a byte-order mark"] : [] };
}

/** The text in GBK, which is the usual cause of invalid UTF-8. */
function guess(bytes: Uint8Array): string {
  try {
    return `, which are ${cut(new TextDecoder("gbk", { fatal: true }).decode(bytes))} in GBK`;
  } catch {
    return "";
  }
}

/** Reads a JSON object whose fields a form could have, too. `types` has the types of the known fields. */
export function readJson(bytes: Uint8Array, types: Readonly<Record<string, string>>): ReadFields {
  const { text, faults: undecoded } = decodeUtf8(Buffer.from(bytes));
  const value = parse(text);
  if (Object.keys(Object(value)).length > MAX_FIELDS) return collect([], "body", [tooManyFields]);
  const faults = undecoded.map((fault) => `body ${fault}`);
  if (value === undefined && faults.length === 0) faults.push("body must be valid JSON");
  else if (value !== undefined && typeOf(value) !== "object")
    faults.push(`body must be a JSON object, not of type ${typeOf(value)}`);
  else
    for (const [name, each] of Object.entries(value ?? {})) {
      const fault = findFault(each, Object.hasOwn(types, name) ? types[name] : undefined);
      if (fault) faults.push(`body.${cut(name)} ${fault}`);
    }
  if (faults.length > 0) return collect(scalarsOf(value), "body", faults);
  const members = membersOf(text);
  return members.length > MAX_FIELDS ? collect([], "body", [tooManyFields]) : collect(members, "body", []);
}

/**
 * The members of a flat object, as texts. `JSON.parse` would round the digits of a large number, such as an id, and would take
 * one value of a duplicate name.
 */
function membersOf(text: string): [string, string][] {
  const tokens: string[] = [];
  const scalar = /[\w.+-]+/y;
  for (let at = 0; at < text.length && tokens.length <= 2 * MAX_FIELDS + 1; ) {
    if (text[at] === '"') {
      const end = endOfString(text, at);
      tokens.push(JSON.parse(text.slice(at, end)));
      at = end;
    } else {
      scalar.lastIndex = at;
      const [token] = scalar.exec(text) ?? [];
      if (token) tokens.push(token);
      at += token?.length ?? 1;
    }
  }
  return tokens.flatMap((name, index) => (index % 2 === 0 ? [[name, tokens[index + 1] as string]] : []));
}

/** The end of the string whose quote is at `start`: after the next quote without a backslash. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let from = quote;
    while (text[from - 1] === "\\") from--;
    if ((quote - from) % 2 === 0) return quote + 1;
  }
}

/** A string is valid for any type, because DingTalk's SDKs write numbers as strings. */
function findFault(value: unknown, declared = "string, number or boolean"): string | undefined {
  const actual = typeOf(value);
  const type = declared === "list" ? "string (with commas between the items) or number" : declared;
  const isRight = actual === "string" || (actual === "number" && /number|integer/.test(type)) || type.includes(actual);
  if (!isRight) return `must be of type ${type}, not ${actual}`;
  return actual === "string" && !(value as string).isWellFormed() ? "must not contain a lone surrogate" : undefined;
}

function scalarsOf(value: unknown): [string, string][] {
  if (typeOf(value) !== "object") return [];
  return Object.entries(value as object)
    .filter(([, each]) => typeof each !== "object")
    .map(([name, each]) => [name, String(each)]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function collect(pairs: readonly [string, string][], where: string, faults: readonly string[]): ReadFields {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else if (typeof known === "string") fields[name] = [known, value];
    else known.push(value);
  }
  const repeated = Object.entries(fields)
    .filter(([, values]) => typeof values !== "string")
    .map(([name, values]) => `${where}.${cut(name)} must be sent once, not ${values.length} times`);
  return { fields, faults: [...faults, ...repeated].slice(0, MAX_QUOTED) };
}

function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The first bytes, as `D6 C6`. */
function toHex(bytes: Buffer): string {
  const pairs = bytes.toString("hex", 0, MAX_QUOTED).toUpperCase().match(/../g) ?? [];
  return `${pairs.join(" ")}${bytes.length > MAX_QUOTED ? " …" : ""}`;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
