import type { Fields } from "./schema.ts";

/** The header of the documentation's own request, with its charset. */
export const formContentType = "application/x-www-form-urlencoded;charset=utf-8";

/**
 * Encodes the values of the fields for a form body or a query, as percent-encoded UTF-8. A space is `%20`, which is right in both.
 * The items of a list have commas between them, because that is how JavaScript turns an array into a string. A field that is
 * `undefined` has its default, or is left out.
 */
export function encodeForm(values: Readonly<Record<string, unknown>>, fields: Fields = {}): string {
  let form = "";
  for (const name in fields) {
    const value = values[name] ?? fields[name]?.default;
    if (value === undefined || value === fields[name]?.omitted) continue;
    form += `${form && "&"}${encodeURIComponent(name)}=${encodeURIComponent(value as string)}`;
  }
  return form;
}
