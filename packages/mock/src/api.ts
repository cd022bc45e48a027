/** The parts of the description that the layer around Prism uses. */
import type { ExampleNames } from "./generated/api.ts";

export type OperationId = keyof ExampleNames;

/** The reason why the gateway refuses a call, before the operation sees it. */
export type Refusal =
  | "unknownPath"
  | "wrongMethod"
  | "missingToken"
  | "invalidToken"
  | "expiredToken"
  | "invalidInput"
  | "rateLimited"
  | "ipBlocked";

/** An example of an answer, from the description. */
export interface Example {
  readonly mediaType: string;
  readonly value: unknown;
}

interface Answers {
  readonly examples: Readonly<Record<string, Example>>;
  /** The name of the example that each refusal answers with. */
  readonly refusals: Readonly<Record<Refusal, string>>;
}

export interface Operation extends Answers {
  readonly method: string;
  readonly path: string;
  /** Whether it is called without a token. */
  readonly isOpen: boolean;
  /** The example that it answers with by default. */
  readonly success: string;
  /** Alternative names of its parameters, each with the parameter that it stands for. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The fields of its form, each with its type. */
  readonly form?: Readonly<Record<string, string>>;
  /** The fields of a success answer that hold ids of created things. */
  readonly newIds: readonly string[];
}

export interface Gateway extends Answers {
  /** Alternatives that it accepts, although the operations do not describe them. */
  readonly accepts: readonly ("jsonBody" | "tokenInForm")[];
  /** The operation that issues tokens, and the fields of its answer; the lifetime is in seconds. */
  readonly token: { readonly operation: string; readonly value: string; readonly lifetime: string };
  readonly limits: { readonly app: Limit; readonly ip: Limit & { readonly blockSeconds: number } };
}

export interface Limit {
  readonly calls: number;
  readonly seconds: number;
}
