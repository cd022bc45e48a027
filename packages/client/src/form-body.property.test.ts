import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeForm } from "./form-body.ts";
import type { Fields } from "./schema.ts";

/** Any text that UTF-8 can encode: all of Unicode except lone surrogates. */
const text = fc.string({ unit: "binary" });

const name = { type: "string" } as const;

test("Node's own parser, which shares no code with the encoder, reads back any fields", () => {
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 5 }), (fields) => {
      const schemas: Fields = Object.fromEntries(Object.keys(fields).map((each) => [each, name]));
      expect({ ...parse(encodeForm(fields, schemas)) }).toEqual(fields);
    }),
    { numRuns: 2000 },
  );
});

test("every code point except the surrogates survives", () => {
  for (let start = 0; start <= 0x10ffff; start += 4096) {
    const points = Array.from({ length: 4096 }, (_, index) => start + index).filter(
      (point) => point < 0xd800 || point > 0xdfff,
    );
    const text = points.map((point) => String.fromCodePoint(point)).join("");
    expect(parse(encodeForm({ name: text }, { name })).name ?? "").toBe(text);
  }
});

test("the body is ASCII, so a server's default charset cannot change it", () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(encodeForm({ name: value }, { name })).toMatch(/^name=[\x21-\x7e]*$/);
    }),
  );
});

test("a list is read back, if its items have no comma", () => {
  const item = fc.string({ unit: "binary", minLength: 1 }).filter((each) => !each.includes(","));
  fc.assert(
    fc.property(fc.array(item, { minLength: 1 }), (list) => {
      const form = encodeForm({ list }, { list: { type: "array", items: { type: "string" } } });
      expect(form.match(/[,&]/)).toBeNull();
      expect(String(parse(form).list).split(",")).toEqual(list);
    }),
  );
});
