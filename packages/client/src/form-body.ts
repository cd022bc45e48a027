/** The header of the documentation's own request, with its charset. */
export const formContentType = "application/x-www-form-urlencoded;charset=utf-8";

/**
 * Encodes the named values for a form body or a query: percent-encoded UTF-8, a space as `%20`, which decoders of both read
 * alike. An `undefined` value is left out.
 */
export function encodeForm(values: Readonly<Record<string, unknown>>, names: object = {}): string {
  let form = "";
  for (const name in names) {
    const value = values[name];
    if (value !== undefined) form += `${form && "&"}${encodeURIComponent(name)}=${encodeURIComponent(value as string)}`;
  }
  return form;
}
