import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeForm } from "./form-body.ts";

/** Any text that UTF-8 can encode: all of Unicode except lone surrogates. */
const text = fc.string({ unit: "binary" });

test("Node's own parser, which shares no code with the encoder, reads back any fields", () => {
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 5 }), (fields) => {
      expect({ ...parse(encodeForm(fields, fields)) }).toEqual(fields);
    }),
    { numRuns: 2000 },
  );
});

test("every code point except the surrogates survives", () => {
  for (let start = 0; start <= 0x10ffff; start += 4096) {
    const points = Array.from({ length: 4096 }, (_, index) => start + index).filter(
      (point) => point < 0xd800 || point > 0xdfff,
    );
    const name = points.map((point) => String.fromCodePoint(point)).join("");
    expect(parse(encodeForm({ name }, { name })).name ?? "").toBe(name);
  }
});

test("the body is ASCII, so a server's default charset cannot change it", () => {
  fc.assert(
    fc.property(text, (name) => {
      expect(encodeForm({ name }, { name })).toMatch(/^name=[\x21-\x7e]*$/);
    }),
  );
});
