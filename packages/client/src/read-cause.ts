/** An error of a runtime, as far as it is read. */
interface SystemError {
  name?: unknown;
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
  errors?: SystemError[];
  cause?: SystemError;
}

/**
 * Matches an error's code, system call and message if they prove that nothing was sent: no connection was made, or a certificate
 * was not trusted. The messages are those of undici (a blocked port, a proxy), Deno (a blocked port, any connection), Node (a
 * TLS handshake) and Bun (a proxy). It captures the status of a proxy that refused. Other codes of TLS prove nothing: they also
 * come after the request.
 */
const beforeRequest =
  /^(?:NO_FETCH|ECONNREFUSED|ConnectionRefused|UND_ERR_(?:CONNECT_TIMEOUT|PRX_)|(?:ERR_TLS_)?CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|[^,]*,(?:connect,|getaddrinfo|query|,(?:bad port$|Fetch failed: Requests to|error sending request for url \S+ client error \(Connect|Client network socket|Proxy re\D+(\d{3}))))/;

type Proof = readonly (string | undefined)[] | null | undefined;

/**
 * Reads a chain of causes: its first code or, without a code, the name of the root cause; and the proof that nothing was sent.
 * The chain itself is dropped, because it can quote the URL, and so the token.
 */
export function readCause(error: unknown): [code: string | undefined, proof: Proof] {
  let proof: Proof;
  let name: string | undefined;
  try {
    for (let each = error as SystemError | undefined, depth = 0; each && depth < 5; each = each.cause, depth++) {
      proof ||= findProof(each);
      if (isWord(each.code)) return [each.code, proof];
      if (isWord(each.name)) name = each.name;
    }
  } catch {} // A program can throw anything, with getters that throw.
  return [name, proof];
}

function findProof({ code, syscall, message, errors }: SystemError): Proof {
  // The host name has several addresses: the error of each must be a proof.
  if (errors?.length) return errors.every(findProof) ? [] : null;
  return beforeRequest.exec([code, syscall, message].join());
}

const isWord = (value: unknown): value is string => typeof value === "string" && /^[\w/]+$/.test(value);
