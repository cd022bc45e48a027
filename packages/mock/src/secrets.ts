/** Finds secrets by their names, and replaces them by fingerprints. */
import { hash } from "node:crypto";
import { secretParameters } from "./generated/api.ts";

/** Stands for a secret in the record: the beginning of its SHA-256. */
export function fingerprint(secret: string): string {
  return `sha256:${hash("sha256", secret).slice(0, 12)}`;
}

/** Words in the names of secrets, in any API. The description adds more. */
const common =
  "token secret password passwd pwd credential ticket authorization cookie signature api_key aes_key private_key";
const words = [...common.split(" "), ...secretParameters];
const lettersOf = (name: string) => name.replace(/[^a-z]/gi, "").toLowerCase();
const names = words.map(lettersOf);
const patterns = words.map((name) => name.split(/[^a-z]/i).join("[^a-z]?"));

/** Whether a field or a header holds a secret, in any spelling: `access_token`, `clientSecret`, `Access-Token[]`. */
export function isSecret(name: string): boolean {
  const letters = lettersOf(name);
  return names.some((each) => letters.includes(each));
}

/** A secret's name within a text, and its value. */
const secretInText = new RegExp(`((?:${patterns.join("|")})s?[^a-z0-9=:&]*(?:=|:|%3d|%3a)[\\s"']*)[^&\\s"'}]+`, "gi");

export function withoutSecrets(text: string): string {
  return text.replace(secretInText, "$1***");
}
