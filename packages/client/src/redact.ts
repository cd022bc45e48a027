/** Replaces the secrets in a server's text, which can quote the request. */
export function redact(text: string, secrets: readonly unknown[]): string {
  const texts = secrets.filter((secret) => typeof secret === "string");
  // If one secret begins with another, the longer one is replaced first.
  for (const secret of texts.sort().reverse()) text = text.replace(patternOf(secret), "***");
  return text;
}

/**
 * A server can quote a secret unchanged, percent-encoded (in part, or several times), or with `+` for a space. The pattern
 * matches each character in one way only: with two ways, the time would double with each character.
 */
function patternOf(secret: string): RegExp {
  const anyForm = secret.replace(/\W/g, (sign) => `([\\${sign}+]|%(25)*${sign.charCodeAt(0).toString(16)})`);
  return new RegExp(anyForm, "gi");
}
