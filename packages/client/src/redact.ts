/** Hides the secrets that a server's text can quote: those that the client was given, and the last 8 that it sent. */
export interface Redactor {
  /** Keeps a secret that is about to be sent. */
  remember(secret: string): void;
  /** `own` are the secrets of the request that the text answers. */
  redact(text: string, own: readonly string[]): string;
}

export function createRedactor(given: readonly unknown[]): Redactor {
  let sent: readonly string[] = [];
  return {
    remember(secret) {
      if (!sent.includes(secret)) sent = [secret, ...sent.slice(0, 7)];
    },
    redact: (text, own) =>
      [...given, ...sent, ...own]
        .filter((secret) => typeof secret === "string")
        // If one secret begins with another, the longer one is replaced first.
        .sort()
        .reverse()
        .reduce((redacted, secret) => redacted.replace(patternOf(secret), "***"), text),
  };
}

/**
 * A server can quote a secret as it is, percent-encoded (in part, or several times), or with `+` for a space. The pattern
 * matches each character in one way only: with two ways, the time would double with each character.
 */
function patternOf(secret: string): RegExp {
  const anyForm = secret.replace(/\W/g, (sign) => `([\\${sign}+]|%(25)*${sign.charCodeAt(0).toString(16)})`);
  return new RegExp(anyForm, "gi");
}
