/** Characters that nobody types into a name. They are found by Unicode properties, so characters of later versions are covered, too. */

/** Describes a character: the first pattern that matches applies. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/\uFFFD/, "a replacement character: a conversion has damaged the name"],
  [/\p{Cc}/u, "a control character"],
  [/\p{Bidi_Control}/u, "an invisible character that sets the writing direction"],
  [/(?! )\p{Zs}/u, "an unusual space"],
  [/[\p{Zl}\p{Zp}]/u, "a line or paragraph separator"],
  [/\p{Noncharacter_Code_Point}/u, "a code point that is not a character"],
  [/\p{Co}/u, "a private-use character, which other systems cannot show"],
  [/\p{Cn}/u, `unassigned in Unicode ${process.versions.unicode}`],
  [/(?=\p{Script=Han})\p{So}/u, "a radical, which looks like a character"],
  // The listed characters are blank, but no property says so; for example Braille's blank. U+FFFC stands for an object.
  [
    /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u{1D159}\u{16FE4}\u{13441}\u{13442}]/u,
    "an invisible character",
  ],
];
const unusual = new RegExp(kinds.map(([{ source }]) => source).join("|"), "gu");

const inAnyOf = (scripts: string) => `[${scripts.replace(/\w+ ?/g, (each) => String.raw`\p{scx=${each.trim()}}`)}]`;
const joined = inAnyOf("Arab Beng Deva Gujr Guru Knda Mlym Mong Orya Sinh Syrc Taml Telu");
const spaceless = inAnyOf("Khmr Laoo Mymr Thai");

/** Invisible characters that a name may need: in emoji, and in scripts that use them. */
const needed = new RegExp(
  [
    String.raw`(?<=\p{ExtPict}\p{EMod}?)[\uFE0E\uFE0F]`,
    String.raw`(?<=\p{ExtPict}[\p{EMod}\uFE0F]?)\u200D(?=\p{ExtPict})`,
    String.raw`(?<=[\d#*])\uFE0F(?=\u20E3)`, // A keycap.
    String.raw`(?<=\u{1F3F4})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}`, // A flag.
    String.raw`(?<=${joined})[\u200C\u200D](?=${joined})`,
    String.raw`(?<=[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])[\u200C\u200D]`, // After a virama.
    String.raw`(?<=${spaceless})\u200B(?=${spaceless})`,
    String.raw`(?<=\p{scx=Mong})(?:[\u180B-\u180F]|\u202F(?=\p{scx=Mong}))`,
  ].join("|"),
  "gu",
);

/** Describes the first unusual character of a name, if any. */
export function findUnusual(name: string): string | undefined {
  if (/^[?\s]+$/.test(name)) return "consists of question marks: a conversion has damaged it";
  const [character] = name.replace(needed, "").match(unusual) ?? [];
  if (character === undefined) return undefined;
  const kind = kinds.find(([pattern]) => pattern.test(character))?.[1];
  return `contains U+${toHex(character).toUpperCase().padStart(4, "0")}, ${kind}`;
}

/** Escapes the unusual characters of a text. */
export function reveal(text: string): string {
  return text.replace(unusual, (character) => `\\u{${toHex(character)}}`);
}

const toHex = (character: string) => (character.codePointAt(0) as number).toString(16);

/** A key that is equal for two names that look the same. */
export function appearanceOf(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/[\u200B\p{Variation_Selector}]/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}
