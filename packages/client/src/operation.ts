import type { Fields } from "./schema.ts";

/** An operation, as the runtime knows it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Whether the call carries no access token. */
  readonly open?: true;
  /** In the words of RFC 9110, section 9.2. If it is missing, the operation is neither: a repeat could create a second thing. */
  readonly effect?: "safe" | "idempotent";
  /** The codes that prove that the effect is in place, when they answer a resend after an unknown outcome. */
  readonly proves?: readonly number[];
  /** The permissions that the app needs, for a hint. */
  readonly permission?: string;
  /** The fields of the input that go into the query. */
  readonly query?: Fields;
  /** The fields of the input that go into the form body. */
  readonly form?: Fields;
  /** The success answer's fields, without `errcode`, `errmsg` and `request_id`. */
  readonly result: Fields;
}

/**
 * An errcode that the operations list, as the runtime knows it. It is a tuple, because every client carries all of them. `next`
 * says that the outcome is unknown, or when the same call may be sent again.
 */
export type KnownCode<Category> = readonly [
  category: Category,
  hint: string,
  next?: "unknown" | "new-token" | "next-second" | "back-off",
];
