/** What one call may set for itself. */
export interface CallOptions {
  /** Ends the call, wherever it waits, with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** @default the client's `timeout` */
  timeout?: number | false | undefined;
  /** @default the client's `deadline` */
  deadline?: number | false | undefined;
  /**
   * Whether to return the answer's status and headers, too.
   * @default false
   */
  withResponse?: false | undefined;
}

/** {@link CallOptions} of a call that returns {@link WithResponse}. */
export interface ResponseOptions extends Omit<CallOptions, "withResponse"> {
  withResponse: true;
}

/** A result with the answer that it came in. */
export interface WithResponse<Result> {
  result: Result;
  status: number;
  headers: Headers;
}
