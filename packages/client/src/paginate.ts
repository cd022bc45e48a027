/** Walks through a list that the API returns in pages. */
import { type PagedOperations, paging } from "./generated/paging.ts";
// The published file: all entries share one copy of the errors.
import { type CallOptions, type Client, InputError, ResponseError } from "./index.js";
import { describe } from "./rules.ts";
import { typeOf } from "./schema.ts";

export type { PagedOperations } from "./generated/paging.ts";

/** The `operationId` of each operation that returns a list in pages. */
export type PagedOperationId = keyof PagedOperations;

/** An item of a list. A row of `listRoles` is a role *group* with its roles. */
export type Row<Id extends PagedOperationId> = PagedOperations[Id]["row"];

/** `signal`, `timeout` and `deadline` apply to the call of each page. */
export interface PaginateOptions extends Omit<CallOptions, "withResponse"> {
  /**
   * How many rows a page has at most.
   * @default the most that the operation allows
   */
  pageSize?: number | undefined;
  /**
   * Whether the next page is fetched while the caller works on this one. Memory then holds two pages.
   * @default false
   */
  prefetch?: boolean | undefined;
  /**
   * How many pages are fetched at most. If the list goes on after them, the walk ends with a `ResponseError`.
   * @default 10_000
   */
  maxPages?: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
/** Without the overloads of each method: TypeScript cannot call a union of them. */
type AnyClient = Record<PagedOperationId, (input: object, options: CallOptions) => Promise<object>>;
interface Page<Item> {
  readonly rows: readonly Item[];
  readonly hasMore: boolean;
}
type FetchPage<Item> = (offset: number, signal: AbortSignal | undefined) => Promise<Page<Item>>;

/**
 * Returns the rows of a list, from all its pages. It fetches a page when the caller asks for its first row, and memory holds
 * one page. If the caller leaves the loop, nothing more is fetched.
 *
 * ```ts
 * for await (const group of paginate(client, "listRoles")) console.log(group.groupId, group.name);
 * ```
 *
 * If others change the list meanwhile, rows can be missed, or come twice, because DingTalk finds a page by the number of rows
 * before it. An id that comes twice shows that the list has changed. A missed row shows only in a second walk.
 *
 * The walk throws the errors of the operation. It throws a `ResponseError` if a page repeats the page before it, if a page without
 * rows says that the list goes on, or if the list goes on after `maxPages`. A wrong option is an `InputError`.
 */
export function paginate<Id extends PagedOperationId>(
  client: Pick<Client, Id>,
  operation: Id,
  ...[input = {}, options = {}]: Record<never, never> extends PagedOperations[Id]["input"]
    ? [input?: PagedOperations[Id]["input"] | undefined, options?: PaginateOptions | undefined]
    : [input: PagedOperations[Id]["input"], options?: PaginateOptions | undefined]
): AsyncGenerator<Row<Id>, void, undefined> {
  if (!Object.hasOwn(paging, operation))
    throw new TypeError(`paginate: operation must be ${Object.keys(paging).join(" or ")}, not ${operation}`);
  const { offset, size, maximum, items, more } = paging[operation];
  const { pageSize = maximum, prefetch = false, maxPages = 10_000, ...callOptions } = options;
  const check = (isRight: boolean, fault: string) => {
    if (!isRight) throw new InputError(operation, fault);
  };
  const isFrom1To = (most: number, value: number) => Number.isInteger(value) && value >= 1 && value <= most;
  check(isFrom1To(maximum, pageSize), `pageSize must be an integer from 1 to ${maximum}, not ${describe(pageSize)}`);
  check(isFrom1To(Infinity, maxPages), `maxPages must be an integer from 1, not ${describe(maxPages)}`);
  check(typeof prefetch === "boolean", `prefetch must be a boolean, not ${describe(prefetch)}`);
  check(typeOf(input) === "object", `the input must be of type object, not ${typeOf(input)}`);
  const fields: Fields = { ...input }; // The caller may change its input during the walk.
  for (const name of [size, offset])
    check(fields[name] === undefined, `${name} must not be in the input: paginate adds it`);

  const fetchPage: FetchPage<Row<Id>> = async (start, signal) => {
    const pageFields = { ...fields, [offset]: start, [size]: pageSize };
    const pageOptions = { ...callOptions, signal, withResponse: false } as const;
    const answer = await (client as unknown as AnyClient)[operation](pageFields, pageOptions);
    return { rows: (read(answer, items) ?? []) as Row<Id>[], hasMore: read(answer, more) === true };
  };
  return walk(operation, fetchPage, { prefetch, maxPages, signal: callOptions.signal });
}

const read = (answer: object, path: readonly string[]) =>
  path.reduce((value: unknown, name) => (value as Fields | undefined)?.[name], answer);

/** Fetches pages, each from the number of rows before it, until one says that it is the last. */
async function* walk<Item>(
  operation: PagedOperationId,
  fetchPage: FetchPage<Item>,
  { prefetch, maxPages, signal }: Pick<PaginateOptions, "signal"> & { prefetch: boolean; maxPages: number },
): AsyncGenerator<Item, void, undefined> {
  const fail = (fault: string) => new ResponseError(operation, fault, "executed");
  let received = 0;
  let content = "";
  let next: ReturnType<typeof fetchAhead<Item>> | undefined;
  try {
    for (let count = 1; ; count++) {
      const { rows, hasMore } = await (next?.page ?? fetchPage(received, signal));
      next?.cancel();
      if (hasMore && rows.length === 0) throw fail(`from row ${received} has no rows, but says that the list goes on`);
      const contentBefore = content;
      content = JSON.stringify(rows);
      if (content === contentBefore) throw fail(`from row ${received} repeats the page before it`);
      received += rows.length;
      next = prefetch && hasMore && count < maxPages ? fetchAhead(fetchPage, received, signal) : undefined;
      for (const row of rows) yield row; // `yield*` would replace an error that the caller throws into the walk.
      if (!hasMore) return;
      if (count === maxPages)
        throw fail(`says that the list goes on after ${count} pages: raise maxPages if it is that long`);
    }
  } finally {
    next?.cancel();
  }
}

/** Fetches a page for which the caller may never ask. */
function fetchAhead<Item>(fetchPage: FetchPage<Item>, start: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const page = fetchPage(start, controller.signal);
  page.catch(() => {}); // Without this, an error ends Node before the caller can catch it.
  const cancel = () => {
    signal?.removeEventListener("abort", abort);
    controller.abort();
  };
  return { page, cancel };
}
