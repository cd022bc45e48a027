import { createLogger } from "@stoplight/prism-core";
import { getHttpOperationsFromSpec } from "@stoplight/prism-http";
import { createServer } from "@stoplight/prism-http-server";
import openapi from "./generated/openapi.json" with { type: "json" };

export interface MockOptions {
  /**
   * The port to listen on; 0 is any free one.
   * @default 0
   */
  port?: number;
  /**
   * The address to listen on.
   * @default "127.0.0.1"
   */
  host?: string;
}

export interface Mock extends AsyncDisposable {
  /** Where the mock listens: the client's `baseUrl`. */
  readonly url: string;
  /** Stops listening and ends every open connection. */
  close(): Promise<void>;
}

/**
 * Starts a mock of the API on loopback. It answers with the description's examples (a `Prefer: example=NAME` header picks
 * one), and refuses whatever breaks the description with Prism's own problem report, which DingTalk never sends.
 */
export async function startMock({ port = 0, host = "127.0.0.1" }: MockOptions = {}): Promise<Mock> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`startMock: port must be a whole number from 0 to 65535, not ${port}`);
  const server = createServer(await getHttpOperationsFromSpec(structuredClone(openapi)), {
    cors: false,
    config: {
      isProxy: false,
      validateRequest: true,
      validateResponse: true,
      checkSecurity: true,
      errors: false,
      upstreamProxy: undefined,
      mock: { dynamic: false },
    },
    // Prism logs the query of every request, and so the token.
    components: { logger: createLogger("mock", { level: "silent" }) },
  });
  const url = await server.listen(port, host).catch((message: string) => {
    const fault = message.includes("EADDRINUSE")
      ? "is in use: pass another, or 0 for any free one"
      : `cannot be used: ${message}`;
    throw new Error(`startMock: port ${port} on ${host} ${fault}`);
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  return { url, close, [Symbol.asyncDispose]: close };
}
