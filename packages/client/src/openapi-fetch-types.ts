// biome-ignore syntax/correctness/noTypeOnlyImportAttributes: a CommonJS program imports this type of an ES module, too.
import type { paths } from "@dingrole/types" with { "resolution-mode": "import" };
import type { CallOptions } from "./call-options.ts";
import type { CommonOptions, Credentials } from "./client-options.ts";
import type { Omissions } from "./generated/omissions.ts";

/** Headers to send. A header that is `null` is left out. */
export type HeadersOption =
  | Headers
  | Record<string, string | number | boolean | (string | number | boolean)[] | null | undefined>;

/** The options of `@dingrole/client`, with openapi-fetch's `fetch` and `headers`. */
export type ClientOptions = Credentials &
  Omit<CommonOptions, "fetch"> & {
    /**
     * Sends each attempt of a call. The `Request` carries the token in its URL. It must not be redirected to another host, or
     * sent twice.
     * @default globalThis.fetch
     */
    fetch?: ((request: Request) => Promise<Response>) | undefined;
    /**
     * Headers of every request. The client sets `Content-Type`.
     * @default none
     */
    headers?: HeadersOption | undefined;
  };

/** The options of one request, besides `params` and `body`. */
export interface RequestOptions extends Omit<CallOptions, "withResponse"> {
  /** Headers of this request. They win over the headers of the client. The client sets `Content-Type`. */
  headers?: HeadersOption | undefined;
  /** Middlewares of this request, after those of the client. */
  middleware?: Middleware[] | undefined;
}

/** The argument of a middleware. */
export interface MiddlewareParams {
  /** The request without its token. */
  request: Request;
  readonly schemaPath: string;
  readonly params: {
    query?: Record<string, unknown>;
    header?: Record<string, unknown>;
    path?: Record<string, unknown>;
    cookie?: Record<string, unknown>;
  };
  /** The same for all middlewares of one request. */
  readonly id: string;
  readonly options: {
    baseUrl: string;
    parseAs: "json" | "text" | "blob" | "arrayBuffer" | "stream";
    querySerializer: (query: Record<string, unknown>) => string;
    // biome-ignore lint/suspicious/noExplicitAny: openapi-fetch's own type.
    bodySerializer: (body: any) => any;
    pathSerializer: (path: string, params: Record<string, unknown>) => string;
    fetch: typeof globalThis.fetch;
  };
}

// biome-ignore lint/suspicious/noConfusingVoidType: a hook may be a function that returns nothing.
type HookResult<Replacement> = Replacement | void | Promise<Replacement | void>;

/** A middleware of openapi-fetch, with one hook at least. A hook that returns nothing replaces nothing. */
export interface Middleware {
  /**
   * Runs once for each call, before its first attempt. It may set headers, or return a `Response` instead of sending. It
   * must not change the method, the URL or the body.
   */
  onRequest?: (params: MiddlewareParams) => HookResult<Request | Response | undefined>;
  /** Runs after a success. It may return another `Response`, which must be a success, too. */
  onResponse?: (params: MiddlewareParams & { response: Response }) => HookResult<Response | undefined>;
  /** Runs after a failure, with the error that the call would throw. It may return another error, or a `Response`. */
  onError?: (params: MiddlewareParams & { error: unknown }) => HookResult<Response | Error>;
}

type HttpMethod = Exclude<keyof paths[keyof paths], "parameters">;
type OperationAt<Path extends keyof paths, Method extends HttpMethod> = Exclude<paths[Path][Method], undefined>;
type PathsWith<Method extends HttpMethod> = {
  [Path in keyof paths]: [OperationAt<Path, Method>] extends [never] ? never : Path;
}[keyof paths];

type Params<Operation> = Operation extends { parameters: { query: infer Query } }
  ? { params: { query: Query } }
  : Operation extends { parameters: { query?: infer Query } }
    ? { params?: { query?: Query } }
    : never;
type Form<Operation> = Operation extends { requestBody?: { content: infer Content } } ? Content[keyof Content] : never;
/**
 * The form. If a field is left out and that has a wide effect, the caller must say so: the field's type has a word for it,
 * such as `"all"`.
 */
type WithWords<Fields, Path> = Path extends keyof Omissions
  ? Omit<Fields, keyof Omissions[Path]> & {
      [Name in keyof Omissions[Path] & keyof Fields]-?: Exclude<Fields[Name], undefined> | Omissions[Path][Name];
    }
  : Fields;
type Body<Operation, Path> = Operation extends { requestBody: object }
  ? { body: WithWords<Form<Operation>, Path> }
  : { body?: WithWords<Form<Operation>, Path> | undefined };
type Init<Operation, Path> = Params<Operation> & Body<Operation, Path> & RequestOptions;
type InitArguments<Operation, Path> =
  Record<never, never> extends Init<Operation, Path> ? [init?: Init<Operation, Path>] : [init: Init<Operation, Path>];

/** The result of a call. A failure is thrown, so `error` is never set. */
export interface FetchResponse<Data> {
  data: Data;
  error?: never;
  response: Response;
}

type Success<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Answer } } } }
  ? Extract<Answer, { errcode: 0 | "0" }>
  : never;

/** Sends a request of one HTTP method. */
type Send<Method extends HttpMethod> = <Path extends PathsWith<Method>>(
  path: Path,
  ...init: InitArguments<OperationAt<Path, Method>, Path>
) => Promise<FetchResponse<Success<OperationAt<Path, Method>>>>;

/** A function for each HTTP method of the description. */
type Methods = {
  readonly [Method in HttpMethod as [PathsWith<Method>] extends [never] ? never : Uppercase<Method>]: Send<Method>;
};

/** A client with openapi-fetch's interface. */
export interface Client extends Methods {
  /** Sends a request whose HTTP method is a variable. */
  readonly request: <Method extends HttpMethod, Path extends PathsWith<Method>>(
    method: Method,
    path: Path,
    ...init: InitArguments<OperationAt<Path, Method>, Path>
  ) => Promise<FetchResponse<Success<OperationAt<Path, Method>>>>;
  /** Adds middlewares. The first one sees a request first, and its response last. */
  readonly use: (...middleware: Middleware[]) => void;
  /** Removes middlewares. */
  readonly eject: (...middleware: Middleware[]) => void;
}
