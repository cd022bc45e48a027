import type { Fields } from "./schema.ts";

/** What the runtime knows of one operation. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** The call carries no access token. */
  readonly open?: true;
  /** The operation changes nothing, so that it is safe to send it again. */
  readonly read?: true;
  /** The input's fields that ride in the query. */
  readonly query?: Fields;
  /** The input's fields that ride in the form body. */
  readonly form?: Fields;
  /** The success answer's fields, without `errcode` and `errmsg`. */
  readonly result: Fields;
}

/** What the runtime knows of an errcode that the operations list. */
export interface KnownCode<Category> {
  readonly category: Category;
  readonly outcome?: "unknown";
  readonly retry?: "new-token" | "next-second" | "back-off";
  readonly hint: string;
}
