/** Decodes a file. A doubtful encoding is refused, because this API cannot delete a role group with a wrong name. */
import { isUtf8 } from "node:buffer";
import { quote, RefusedError } from "./outcome.ts";

const saveAgain = 'save it as "CSV UTF-8" (a file type in Excel)';

export interface Decoded {
  readonly text: string;
  /** The bytes are valid in GBK and in UTF-8, and no mark or flag says which is meant. */
  readonly mayBeGbk: boolean;
}

/** A byte order mark wins over `encoding`. Without both, the text is UTF-8. */
export function decode(bytes: Uint8Array, file: string, encoding?: string): Decoded {
  const mark = readByteOrderMark(bytes);
  const named = mark ?? encoding;
  const text =
    named === undefined
      ? decodeUtf8(bytes, file)
      : decodeAs(named, bytes, file, mark === undefined ? "--encoding" : "its byte order mark");
  return { text: text.replace(/\r\n?/g, "\n"), mayBeGbk: named === undefined && isGb2312(bytes) };
}

function readByteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

function decodeAs(encoding: string, bytes: Uint8Array, file: string, source: string): string {
  const decoder = createDecoder(encoding);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new RefusedError(`${file} must be ${decoder.encoding}, as ${source} says: ${saveAgain}`);
  }
}

function createDecoder(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    const common = "utf-8, gbk, gb18030, big5, shift_jis, euc-kr, utf-16le or windows-1251";
    throw new RefusedError(
      `--encoding must be an encoding that this Node.js decodes, such as ${common}, not ${quote(encoding)}`,
    );
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PK\u0003\u0004")
    throw new RefusedError(`${file} must be CSV or JSON lines, not a workbook or an archive: ${saveAgain}`);
  if (bytes.includes(0))
    throw new RefusedError(
      `${file} contains zero bytes: it is UTF-16, or not text. If it is text, ${saveAgain}, or add --encoding utf-16${bytes[0] === 0 ? "be" : "le"}`,
    );
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);

  const lines = Buffer.from(bytes)
    .toString("latin1")
    .split(/\r\n?|\n/);
  const at = lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
  const gbk = readAsGbk(Buffer.from(lines[at] ?? "", "latin1"));
  const isItGbk =
    gbk === undefined ? "" : `in GBK that line is ${quote(gbk)}: if that is right, add --encoding gbk\n  otherwise `;
  throw new RefusedError(
    `${file} is not UTF-8: see line ${at + 1}\n  ${isItGbk}${saveAgain}, or give its encoding with --encoding`,
  );
}

function readAsGbk(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("gbk", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether all bytes beyond ASCII are valid in GB 2312, the part of GBK with the everyday characters. */
function isGb2312(bytes: Uint8Array): boolean {
  let isAscii = true;
  for (let index = 0; index < bytes.length; index++) {
    const lead = bytes[index] as number;
    if (lead < 0x80) continue;
    const trail = bytes[++index] ?? 0;
    if (lead < 0xa1 || lead > 0xf7 || trail < 0xa1 || trail > 0xfe) return false;
    isAscii = false;
  }
  return !isAscii;
}

/** Refuses a file that may be GBK if one of its names, read as UTF-8, is not plausible in any language. */
export function refuseGbk(groups: readonly { readonly line: number; readonly name: unknown }[], file: string) {
  for (const { line, name } of groups) {
    if (typeof name !== "string" || isPlausible(name)) continue;
    const gbk = readAsGbk(Buffer.from(name));
    if (gbk === undefined) continue;
    throw new RefusedError(
      `${file} may be UTF-8 or GBK: line ${line} is ${quote(name)} in UTF-8, and ${quote(gbk)} in GBK. Add --encoding utf-8 or --encoding gbk`,
    );
  }
}

const otherScripts =
  "Adlm Arab Beng Cakm Cans Cher Deva Ethi Geor Gujr Guru Hang Java Khmr Knda Laoo Lisu Mlym Mong Mtei Mymr Nkoo Olck Orya Rohg Sinh Syrc Taml Telu Tfng Thaa Thai Tibt Vaii Yiii";

/** Letters that may form a word. Greek, Cyrillic, Armenian and Hebrew lack their historical letters: GBK read as UTF-8 often gives those. */
const letters = [
  String.raw`[\p{Script=Latin}µʻ-ʿ\u0300-\u036F]+`,
  "[Ά-ώἀ-῿]+",
  "(?=.*[Ѐ-џ])[Ѐ-џҐ-ҝҢ-ҥҪ-ҫҮ-ҳҶ-һӐ-ӹ]+", // Russian, and the letters that other languages add.
  "[Ա-Ֆա-և]+",
  "[א-ת]+",
  String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]+`,
  ...otherScripts.split(" ").map((script) => String.raw`\p{scx=${script}}+`),
];
const oneScript = new RegExp(`^(?:${letters.join("|")})?$`, "u");

const symbol = String.raw`(?![\p{L}\p{M}\p{Nd}«»¡¿])[\u00A1-\u07FF]`;
const oddities = [
  String.raw`\p{C}|[\u{20000}-\u{3FFFF}]`, // Not a character, or a very rare one.
  String.raw`(?<![\p{L}\p{M}\p{Nd}])\p{M}`, // A combining mark without its letter.
  String.raw`(?![a-z])\p{Ll}(?![A-Z])\p{Lu}`, // A capital letter after a small letter.
  String.raw`(?<=[^\0-\x7F])${symbol}|${symbol}(?=[^\0-\x7F])`, // A symbol that touches a letter beyond ASCII.
];
const odd = new RegExp(oddities.join("|"), "u");

/** Whether a person may have written the name in UTF-8. ASCII proves nothing: it is the same in both encodings. */
function isPlausible(name: string): boolean {
  const isWithoutAscii = !/[A-Za-z\d]/.test(name);
  const hasAccentsOrSymbols = /(?![«»¡¿])[\u00A1-\u036F]/.test(name);
  if ((isWithoutAscii && hasAccentsOrSymbols) || odd.test(name)) return false;
  const words = name.replace(/[A-Za-z\d]/g, "").match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? [];
  return words.every((word) => oneScript.test(word));
}
