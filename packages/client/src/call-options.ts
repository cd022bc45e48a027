/** The options of one call. */
export interface CallOptions {
  /** Ends the call at any time, with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** @default the client's `timeout` */
  timeout?: number | false | undefined;
  /** @default the client's `deadline` */
  deadline?: number | false | undefined;
  /**
   * Whether the call also returns the status, the headers and the request id of the answer.
   * @default false
   */
  withResponse?: false | undefined;
}

/** {@link CallOptions} of a call that returns {@link WithResponse}. */
export interface ResponseOptions extends Omit<CallOptions, "withResponse"> {
  withResponse: true;
}

/** A result with the status, the headers and the request id of its answer. */
export interface WithResponse<Result> {
  result: Result;
  status: number;
  headers: Headers;
  /** The id with which DingTalk's support finds the call. Not every answer has one. */
  requestId?: string;
}
