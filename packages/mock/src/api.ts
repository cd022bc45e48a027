/** What the layer around Prism knows of the description. */
import type { ExampleNames } from "./generated/api.ts";

export type OperationId = keyof ExampleNames;

/** Why the gateway refuses a call before the operation sees it. */
export type Refusal =
  | "unknownPath"
  | "wrongMethod"
  | "missingToken"
  | "invalidToken"
  | "expiredToken"
  | "invalidInput"
  | "rateLimited"
  | "ipBlocked";

/** One of the description's examples of an answer. */
export interface Example {
  readonly mediaType: string;
  readonly value: unknown;
}

interface Answers {
  readonly examples: Readonly<Record<string, Example>>;
  /** Each refusal's example, by name. */
  readonly refusals: Readonly<Record<Refusal, string>>;
}

export interface Operation extends Answers {
  readonly method: string;
  readonly path: string;
  /** It is called without a token. */
  readonly isOpen: boolean;
  /** The example that it answers with, where nothing else is asked for. */
  readonly success: string;
}

export interface Gateway extends Answers {
  /** The operation that issues tokens, and the fields of its answer; the lifetime is in seconds. */
  readonly token: { readonly operation: string; readonly value: string; readonly lifetime: string };
  readonly limits: { readonly app: Limit; readonly ip: Limit & { readonly blockSeconds: number } };
}

export interface Limit {
  readonly calls: number;
  readonly seconds: number;
}
