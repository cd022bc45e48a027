import type { ObjectSchema } from "./schema.ts";

/** What the runtime knows of one operation. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Whether the call carries the access token. */
  readonly token: boolean;
  /** The input's fields that ride in the query. */
  readonly query?: ObjectSchema;
  /** The input's fields that ride in the form body. */
  readonly form?: ObjectSchema;
  /** The success answer, without `errcode` and `errmsg`. */
  readonly result: ObjectSchema;
}
