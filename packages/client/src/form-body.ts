/** The header of the documentation's own request, charset included. */
export const formContentType = "application/x-www-form-urlencoded;charset=utf-8";

/**
 * Encodes fields for a form body or a query: UTF-8, percent-encoded, a space as `%20`, which decoders of either read alike.
 * A field that is `undefined` is left out.
 */
export function encodeForm(fields: Readonly<Record<string, unknown>>): string {
  let form = "";
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) form += `${form && "&"}${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`;
  }
  return form;
}
