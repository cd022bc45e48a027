/** Prism as a function from a request to a verdict. */
import {
  createInstance,
  getHttpOperationsFromSpec,
  type IHttpConfig,
  type IHttpRequest,
  type IHttpResponse,
  ProblemJsonError,
} from "@stoplight/prism-http";
// Not a part of Prism's public interface, but the only function that reads the `Prefer` header.
import { getHttpConfigFromRequest } from "@stoplight/prism-http-server/dist/getHttpConfigFromRequest.js";
import { tokenParameter } from "./generated/api.ts";
import openapi from "./generated/openapi.json" with { type: "json" };
import type { ReadRequest } from "./request.ts";

/** Prism's answer, or its report if the request breaks the description. */
export type Verdict =
  | { readonly answer: IHttpResponse; readonly report?: undefined }
  | { readonly report: Report; readonly answer?: undefined };

export interface Report {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly violations: readonly string[];
  /** The fields of the input that break the description, if they are known. */
  readonly fields?: readonly string[];
}

export interface Preferences {
  readonly code?: number | undefined;
  readonly exampleKey?: string | undefined;
  readonly dynamic?: boolean | undefined;
  readonly seed?: string | undefined;
}

const config: IHttpConfig = {
  isProxy: false,
  validateRequest: true,
  validateResponse: false, // The lint rules of the description check the examples.
  checkSecurity: true,
  errors: false,
  upstreamProxy: undefined,
  mock: { dynamic: false },
};

type Logger = Parameters<typeof createInstance>[1]["logger"];
const mute = () => logger;
/** Prism logs the query of every request, and so the token. A silent logger from Prism would still cost time at each request. */
const logger = { child: mute, info: mute, success: mute, warn: mute, error: mute, debug: mute } as unknown as Logger;

/** Shared by all mocks of a process: Prism only reads them, and caches a compiled form of each. */
let operations: ReturnType<typeof getHttpOperationsFromSpec> | undefined;

export async function createPrism() {
  const instance = createInstance(config, { logger });
  operations ??= getHttpOperationsFromSpec(structuredClone(openapi));
  const resources = await operations;
  return {
    async judge(request: ReadRequest, preferences: Preferences): Promise<Verdict> {
      const mock = { ...config.mock, ...preferences } as IHttpConfig["mock"];
      try {
        const result = await instance.request(toPrismRequest(request), resources, { ...config, mock })();
        return result._tag === "Right" ? { answer: result.right.output } : { report: toReport(result.left) };
      } catch (error) {
        // Prism throws if a media type or a percent-encoding is invalid.
        return { report: createReport(400, "UNREADABLE", (error as Error).message) };
      }
    },
    /** Reads the `Prefer` header and the `__` parameters, with which a request controls Prism. */
    readPreferences(request: ReadRequest): { preferences: Preferences } | { report: Report } {
      const { headers, query } = request;
      const asked = headers.prefer !== undefined || Object.keys(query).some((name) => name.startsWith("__"));
      if (!asked) return { preferences: {} };
      const result = getHttpConfigFromRequest(toPrismRequest(request));
      if (result._tag === "Left") return { report: toReport(result.left) };
      const set = Object.entries(result.right).filter(([, value]) => value !== undefined);
      return { preferences: Object.fromEntries(set) };
    },
  };
}

export type Prism = Awaited<ReturnType<typeof createPrism>>;

/** The form stays encoded: Prism decodes it. */
function toPrismRequest({ method, path, query, headers, body }: ReadRequest): IHttpRequest {
  const { __server: baseUrl } = query;
  const url = { path, query, ...(baseUrl && { baseUrl: String(baseUrl) }) };
  const text = body.length > 0 ? Buffer.from(body).toString() : null;
  return { method: method.toLowerCase(), url, headers, body: text } as IHttpRequest;
}

interface Extra {
  readonly validation?: readonly { readonly location?: readonly string[]; readonly message: string }[];
  readonly headers?: object;
}

function toReport(error: Error & { status?: number; additional?: Record<string, unknown> | undefined }): Report {
  const problem = ProblemJsonError.toProblemJson(error as Error);
  const status = error.status ?? 500;
  const { validation, headers }: Extra = error.additional ?? {};
  // If a request breaks the description, Prism's `detail` does not say how. `validation` does.
  const violations = validation?.map(({ message }) => message) ?? [status === 401 ? missingToken : problem.detail];
  return {
    status,
    headers: { "content-type": problemType, ...headers },
    body: JSON.stringify({ ...problem, detail: violations.join("; ") }),
    violations,
    fields: validation?.flatMap(({ location: [, field = ""] = [] }) => field) ?? [],
  };
}

const missingToken = `Request query must have required property '${tokenParameter}'`;
const problemType = "application/problem+json";

/** A report of the mock itself, in Prism's format. */
export function createReport(status: number, title: string, ...violations: string[]): Report {
  const type = `https://stoplight.io/prism/errors#${title.toUpperCase()}`;
  return {
    status,
    headers: { "content-type": problemType },
    body: JSON.stringify({ type, title, status, detail: violations.join("; ") }),
    violations,
  };
}
