import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeForm } from "./form-body.ts";

/** Any text that UTF-8 carries: all of Unicode but lone surrogates. */
const text = fc.string({ unit: "binary" });

test("whatever is encoded is read back by Node's own parser, which shares no code with it", () => {
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 5 }), (fields) => {
      expect({ ...parse(encodeForm(fields, fields)) }).toEqual(fields);
    }),
    { numRuns: 2000 },
  );
});

test("every code point but the surrogates survives", () => {
  for (let start = 0; start <= 0x10ffff; start += 4096) {
    const points = Array.from({ length: 4096 }, (_, index) => start + index).filter(
      (point) => point < 0xd800 || point > 0xdfff,
    );
    const name = points.map((point) => String.fromCodePoint(point)).join("");
    expect(parse(encodeForm({ name }, { name })).name ?? "").toBe(name);
  }
});

test("the body is ASCII: no server's idea of a charset changes it", () => {
  fc.assert(
    fc.property(text, (name) => {
      expect(encodeForm({ name }, { name })).toMatch(/^name=[\x21-\x7e]*$/);
    }),
  );
});
