import type { CallOptions, ResponseOptions } from "./call-options.ts";

/** A request without its URL. It is not a `Request`: `fetch` would copy that and pipe its body, which costs as much as a call. */
export interface RequestFields {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/** An answer with its complete body. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** A function, because few callers need a `Headers`. */
  readonly headers: () => Headers;
}

/** A request that has begun. */
export interface Exchange {
  /** `undefined` if the answer is larger than `maxResponseSize`. */
  readonly answer: Promise<Answer | undefined>;
  /** Ends the request in any phase. If it has not been sent, it is never sent. */
  cancel(): void;
  /** Whether nothing of the request has been written; `undefined` if the transport does not know. */
  isUnsent(): boolean | undefined;
}

/** Sends one request. All attempts of a call have the same object of options, so a transport can recognize them. */
export type Transport = (url: string, request: RequestFields, callOptions?: CallOptions | ResponseOptions) => Exchange;
