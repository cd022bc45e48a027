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
  /** Other names of its parameters, and the parameter of each. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The fields of its form, and the type of each. */
  readonly form?: Readonly<Record<string, string>>;
  /** The fields of a success answer that name what the call has created. */
  readonly newIds: readonly string[];
}

export interface Gateway extends Answers {
  /** What it takes in the place of what the operations say. */
  readonly accepts: readonly ("jsonBody" | "tokenInForm")[];
  /** The operation that issues tokens, and the fields of its answer; the lifetime is in seconds. */
  readonly token: { readonly operation: string; readonly value: string; readonly lifetime: string };
  readonly limits: { readonly app: Limit; readonly ip: Limit & { readonly blockSeconds: number } };
}

export interface Limit {
  readonly calls: number;
  readonly seconds: number;
}
