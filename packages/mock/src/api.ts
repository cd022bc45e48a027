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
  /** The name of the example that an invalid field is answered with, if it is not that of `invalidInput`. */
  readonly refusedFields: Readonly<Record<string, string>>;
  /** Alternative names of its parameters, each with the parameter that it stands for. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The fields of its form, each with its type. A `list` is comma-separated. */
  readonly form?: Readonly<Record<string, string>>;
  /** The fields of a success answer that hold ids of created things. */
  readonly newIds: readonly string[];
  readonly memory?: MemoryUse;
}

/** A kind of thing that the memory keeps. */
export interface Resource {
  /** `new`: the API assigns its id. `given`: another API does. Without an id, the things it belongs to identify it. */
  readonly id?: "new" | "given";
  /** The resources that each belongs to. The seed of an organization has it within the first. */
  readonly of: readonly string[];
  /** The resources of which each has a list. Without the list, it has all. */
  readonly has: readonly string[];
  /** The things that a new organization has. */
  readonly start: readonly unknown[];
}

/** An attribute of a resource: `role.id`, `role.name`. */
export type Attribute = `${string}.${"id" | "name"}`;

/** The reason why the memory refuses a call. `missing.role`: that role does not exist. */
export type MemoryRefusal = `missing.${string}` | "taken" | "held" | "closed";

/** The use of the memory by an operation. */
export interface MemoryUse {
  readonly verb: "creates" | "reads" | "lists" | "updates" | "deletes";
  readonly resource: string;
  /** The attribute in each field of the form. */
  readonly input: Readonly<Record<string, InputField>>;
  /** The value of each field of a success. */
  readonly answer: Template;
  /** The name of the example that each refusal answers with. A call is not refused for any other reason. */
  readonly refuses: Readonly<Partial<Record<MemoryRefusal, string>>>;
  /** The id of the first thing that it creates: that of the description's example. */
  readonly firstId?: number;
  readonly paging?: { readonly offset: string; readonly size: string; readonly defaultSize: number };
}

interface InputField {
  readonly attribute: Attribute;
  readonly isList: boolean;
  readonly isNumber: boolean;
}

/** An attribute, whether there are `more` pages, an object, or a list with an object for `each` thing of a resource. */
export type Template = Readonly<
  Record<string, Attribute | "more" | { readonly each?: string; readonly fields: Template }>
>;

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
