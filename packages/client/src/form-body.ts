/** The header of the documentation's own request, charset included. */
export const formContentType = "application/x-www-form-urlencoded;charset=utf-8";

/**
 * Encodes the named ones of some fields, for a form body or a query: UTF-8, percent-encoded, a space as `%20`, which
 * decoders of either read alike.
 * One that is `undefined` is left out.
 */
export function encodeForm(values: Readonly<Record<string, unknown>>, names: object = {}): string {
  let form = "";
  for (const name in names) {
    const value = values[name];
    if (value !== undefined) form += `${form && "&"}${encodeURIComponent(name)}=${encodeURIComponent(value as string)}`;
  }
  return form;
}
