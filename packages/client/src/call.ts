import createFetchClient from "openapi-fetch";
import { readToken } from "./access-token.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { readEnvelope } from "./envelope.ts";
import { encodeForm, formContentType } from "./form-body.ts";
import { operations, tokenParameter } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { checkInput } from "./input.ts";
import { type AnswerRecord, createTransport, RequestRecord } from "./transport.ts";

/** openapi-fetch types a call by its path; here the path is data. */
type SendRequest = (method: string, path: string, init: object) => Promise<{ response: AnswerRecord }>;

/** Returns the function that makes one call of any operation: the input's fields in, the success answer's fields out. */
export function createCall({ accessToken, baseUrl, fetch }: ResolvedOptions) {
  const { request } = createFetchClient({
    baseUrl,
    // openapi-fetch's own Request and Response are never made: records do, and cost a third.
    Request: RequestRecord as unknown as typeof Request,
    fetch: createTransport(fetch) as unknown as (request: Request) => Promise<Response>,
    querySerializer: encodeForm,
    bodySerializer: encodeForm,
  } as object) as unknown as { request: SendRequest };

  return async function call(id: OperationId, input: object): Promise<object> {
    const operation = operations[id];
    const { query, form } = checkInput(id, operation, input);
    if (operation.token) query[tokenParameter] = await readToken(id, accessToken);
    const { response } = await request(operation.method, operation.path, {
      operation: id,
      params: { query },
      parseAs: "stream", // The answer's body, which the transport has read.
      ...(form && { body: form, headers: { "Content-Type": formContentType } }),
    });
    return readEnvelope(id, operation, response);
  };
}
