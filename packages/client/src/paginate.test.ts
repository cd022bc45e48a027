import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test, vi } from "vitest";
import { never, type ObservedRequest, observedClient } from "./observed-client.test-helper.ts";
import { type PaginateOptions, paginate } from "./paginate.ts";

const groupsUpTo = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ groupId: index + 1, name: `group ${index + 1}`, roles: [] }));
const idsUpTo = (count: number) => groupsUpTo(count).map(({ groupId }) => groupId);

/** The fields of a request's form. */
const formOf = ({ init }: ObservedRequest) => Object.fromEntries(new URLSearchParams(String(init.body)));

/** A client of a server with a list, which the test may change at any time. */
function clientOf(list: object[], options: Parameters<typeof observedClient>[1] = {}) {
  const answer = (request: ObservedRequest) => {
    const { offset, size } = formOf(request);
    const end = Number(offset) + Number(size);
    return page(list.slice(Number(offset), end), end < list.length);
  };
  const { client, requests } = observedClient([answer], { rate: false, ...options });
  return { client, pages: () => requests.map((request) => `${formOf(request).offset}+${formOf(request).size}`) };
}

const page = (list: unknown, hasMore: boolean) => ({ errcode: 0, request_id: "a", result: { hasMore, list } });

/** Walks until the end, or until the error, and returns both. */
async function walk(rows: AsyncIterable<{ groupId: number }>, work: (count: number) => unknown = () => {}) {
  const ids: number[] = [];
  try {
    for await (const { groupId } of rows) await work(ids.push(groupId));
  } catch (error) {
    return { ids, error };
  }
  return { ids };
}

async function collect<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** The rejections that no code has handled. */
function watchRejections() {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  onTestFinished(() => void process.off("unhandledRejection", listener));
  return async () => {
    await new Promise(setImmediate);
    return unhandled;
  };
}

test.each([
  [0, ["0+200"]],
  [1, ["0+200"]],
  [199, ["0+200"]],
  [200, ["0+200"]],
  [201, ["0+200", "200+200"]],
  [450, ["0+200", "200+200", "400+200"]],
])("a list of %i role groups comes whole, in pages of the most that the operation allows", async (count, expected) => {
  const { client, pages } = clientOf(groupsUpTo(count));
  expect(await walk(paginate(client, "listRoles"))).toEqual({ ids: idsUpTo(count) });
  expect(pages()).toEqual(expected);
});

test.each([
  [false, ["0+200", "200+200", "400+200"]],
  [true, ["0+200", "200+200", "400+200"]],
])("with prefetch %s, it has the same rows", async (prefetch, expected) => {
  const { client, pages } = clientOf(groupsUpTo(450));
  expect(await walk(paginate(client, "listRoles", {}, { prefetch }))).toEqual({ ids: idsUpTo(450) });
  expect(pages()).toEqual(expected);
});

/** Each change happens while the caller works on row 100 of 450. */
test.each<[string, (list: object[]) => unknown, (ids: number[]) => number[]]>([
  ["added at the end: it comes", (list) => list.push({ groupId: 451, name: "a" }), (ids) => [...ids, 451]],
  [
    "added at the beginning: the last row of the page comes twice",
    (list) => list.unshift({ groupId: 0, name: "a" }),
    (ids) => ids.toSpliced(200, 0, 200),
  ],
  ["deleted from a page that was read: a row is missed", (list) => list.shift(), (ids) => ids.toSpliced(200, 1)],
  ["deleted from a later page: it does not come", (list) => list.splice(300, 1), (ids) => ids.toSpliced(300, 1)],
  ["deleted, all of them: the walk ends after the page", (list) => list.splice(0), (ids) => ids.slice(0, 200)],
  ["replaced: both changes balance", (list) => list.splice(0, 1, { groupId: 0, name: "a" }), (ids) => ids],
])("a role group is %s", async (_, change, expected) => {
  const list = groupsUpTo(450) as object[];
  const { client } = clientOf(list);
  const walked = await walk(paginate(client, "listRoles"), (count) => count === 100 && change(list));
  expect(walked).toEqual({ ids: expected(idsUpTo(450)) });
});

test("it goes on by the rows that it received, not by those that it asked for", async () => {
  const { client, requests } = observedClient([
    page(groupsUpTo(30), true),
    page([{ groupId: 31, name: "a" }], true),
    page([{ groupId: 32, name: "b" }], false),
  ]);
  expect(await walk(paginate(client, "listRoles"))).toEqual({ ids: idsUpTo(32) });
  expect(requests.map((request) => formOf(request).offset)).toEqual(["0", "30", "31"]);
});

test.each([
  ["an absent list", undefined],
  ["a list that is null", null],
  ["an empty list", []],
])("%s has no rows", async (_, list) => {
  const { client, requests } = observedClient([page(list, false)]);
  expect(await walk(paginate(client, "listRoles"))).toEqual({ ids: [] });
  expect(requests).toHaveLength(1);
});

test("a row is the one of the answer: a group without roles may lack the field", async () => {
  const rows = [
    { groupId: 1, name: "a" },
    { groupId: 2, name: "b", roles: null },
  ];
  const { client } = observedClient([page(rows, false)]);
  expect(await collect(paginate(client, "listRoles"))).toEqual(rows);
});

test("each page has the input and the page size", async () => {
  const member = { name: "a", userid: "b" };
  const { client, requests } = observedClient([page([member], true), page([{ ...member, userid: "c" }], false)]);
  await collect(paginate(client, "listRoleMembers", { role_id: 7 }, { pageSize: 50 }));
  expect(requests.map(formOf)).toEqual([
    { role_id: "7", size: "50", offset: "0" },
    { role_id: "7", size: "50", offset: "1" },
  ]);
});

test("the caller may change its input during the walk", async () => {
  const { client, requests } = observedClient([
    page([{ name: "a", userid: "b" }], true),
    page([{ name: "a", userid: "c" }], false),
  ]);
  const input = { role_id: 7 };
  const rows = paginate(client, "listRoleMembers", input);
  input.role_id = 8;
  for await (const _ of rows) input.role_id++;
  expect(requests.map((request) => formOf(request).role_id)).toEqual(["7", "7"]);
});

test.each<[string, object[], PaginateOptions, number[], string]>([
  ["a page that repeats", [page(groupsUpTo(2), true)], {}, [1, 2], "from row 2 repeats the page before it"],
  ["a page of one row that repeats", [page(groupsUpTo(1), true)], {}, [1], "from row 1 repeats the page before it"],
  [
    "a last page that repeats",
    [page(groupsUpTo(2), true), page(groupsUpTo(2), false)],
    {},
    [1, 2],
    "from row 2 repeats the page before it",
  ],
  [
    "an empty first page that has more",
    [page([], true)],
    {},
    [],
    "from row 0 has no rows, but says that the list goes on",
  ],
  [
    "an absent list that has more",
    [page(groupsUpTo(1), true), page(undefined, true)],
    {},
    [1],
    "from row 1 has no rows, but says that the list goes on",
  ],
])("%s ends the walk with an error, after its rows", async (_, answers, options, ids, fault) => {
  for (const prefetch of [false, true]) {
    const { client, requests } = observedClient(answers);
    const walked = await walk(paginate(client, "listRoles", {}, { ...options, prefetch }));
    expect(walked).toMatchObject({
      ids,
      error: {
        name: "ResponseError",
        operation: "listRoles",
        outcome: "executed",
        message: `listRoles: the answer ${fault}`,
      },
    });
    expect(requests.length).toBeLessThanOrEqual(2);
  }
});

test.each([false, true])("with prefetch %s, a list that never ends is left after `maxPages`", async (prefetch) => {
  const { client, pages } = clientOf(groupsUpTo(450));
  const rows = paginate(client, "listRoles", {}, { pageSize: 50, maxPages: 3, prefetch });
  expect(await walk(rows)).toMatchObject({
    ids: idsUpTo(150),
    error: {
      name: "ResponseError",
      message: "listRoles: the answer says that the list goes on after 3 pages: raise maxPages if it is that long",
    },
  });
  expect(pages()).toEqual(["0+50", "50+50", "100+50"]);
});

test("without `maxPages`, a list that never ends is left after 10,000 pages", async () => {
  const listRoles = vi.fn(async ({ offset }) => ({
    result: { hasMore: true, list: [{ groupId: offset, name: "a" }] },
  }));
  const { error } = await walk(paginate({ listRoles } as never, "listRoles"));
  expect(error).toMatchObject({ name: "ResponseError", message: expect.stringContaining("after 10000 pages") });
  expect(listRoles).toHaveBeenCalledTimes(10_000);
});

test("a list that ends with the last of `maxPages` is whole", async () => {
  const { client } = clientOf(groupsUpTo(100));
  expect(await walk(paginate(client, "listRoles", {}, { pageSize: 50, maxPages: 2 }))).toEqual({ ids: idsUpTo(100) });
});

test.each([false, true])("with prefetch %s, a page's error comes after the rows before it", async (prefetch) => {
  const unhandled = watchRejections();
  const { client } = observedClient([page(groupsUpTo(2), true), { errcode: 400043, errmsg: "b" }]);
  const walked = await walk(paginate(client, "listRoles", {}, { prefetch }), () => new Promise(setImmediate));
  expect(walked).toMatchObject({ ids: [1, 2], error: { name: "ApiError", errcode: 400043, operation: "listRoles" } });
  expect(await unhandled()).toEqual([]);
});

test("the next page is fetched when the caller asks for its first row; with prefetch, when the page before it is there", async () => {
  for (const prefetch of [false, true]) {
    const { client, pages } = clientOf(groupsUpTo(450));
    const seen: number[] = [];
    await walk(paginate(client, "listRoles", {}, { prefetch }), (count) => {
      if (count % 200 === 1 || count % 200 === 0) seen.push(pages().length);
    });
    expect(seen).toEqual(prefetch ? [2, 2, 3, 3, 3] : [1, 1, 2, 2, 3]);
  }
});

test("nothing is fetched before the first row is asked for, and nothing after the caller has left", async () => {
  const { client, pages } = clientOf(groupsUpTo(450));
  const rows = paginate(client, "listRoles");
  expect(pages()).toEqual([]);
  for await (const _ of rows) break;
  expect(await rows.next()).toEqual({ done: true, value: undefined });
  expect(pages()).toEqual(["0+200"]);
});

test("an error that the caller throws into the walk comes back, and ends it", async () => {
  const { client, pages } = clientOf(groupsUpTo(450));
  const rows = paginate(client, "listRoles");
  await rows.next();
  const error = new Error("enough");
  await expect(rows.throw(error)).rejects.toBe(error);
  expect(await rows.next()).toEqual({ done: true, value: undefined });
  expect(pages()).toEqual(["0+200"]);
});

test("a caller that leaves aborts the page that is fetched ahead, without an unhandled rejection", async () => {
  const unhandled = watchRejections();
  const { client, requests } = observedClient([page(groupsUpTo(2), true), never]);
  for await (const _ of paginate(client, "listRoles", {}, { prefetch: true })) break;
  expect(requests).toHaveLength(2);
  expect(requests[1]?.init.signal?.aborted).toBe(true);
  expect(await unhandled()).toEqual([]);
});

test.each([
  ["before the walk", false, 0],
  ["before the walk", true, 0],
  ["during a page", false, 1],
  ["during a page", true, 1],
])("a signal that is aborted %s ends it with prefetch %s", async (_, prefetch, pagesBefore) => {
  const unhandled = watchRejections();
  const abort = new AbortController();
  const reason = new Error("enough");
  if (!pagesBefore) abort.abort(reason);
  const { client, requests } = observedClient([page(groupsUpTo(2), true), never]);
  const rows = paginate(client, "listRoles", {}, { prefetch, signal: abort.signal });
  const walked = await walk(rows, (count) => count === 2 && setTimeout(() => abort.abort(reason)));
  expect(walked.error).toMatchObject({ name: "AbortError", operation: "listRoles", cause: reason });
  expect(requests).toHaveLength(pagesBefore * 2);
  expect(await unhandled()).toEqual([]);
});

test("a signal that is aborted when the next page is there stops the page after it", async () => {
  const abort = new AbortController();
  const { client, pages } = clientOf(groupsUpTo(450));
  const rows = paginate(client, "listRoles", {}, { prefetch: true, signal: abort.signal });
  const walked = await walk(rows, async (count) => {
    await new Promise(setImmediate);
    if (count === 100) abort.abort();
  });
  expect(walked).toMatchObject({ ids: idsUpTo(400), error: { name: "AbortError" } });
  expect(pages()).toEqual(["0+200", "200+200"]);
});

test("a walk leaves no listener on the caller's signal", async () => {
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  const { client } = clientOf(groupsUpTo(450));
  await walk(paginate(client, "listRoles", {}, { signal, prefetch: true }));
  const added = add.mock.calls.map(([, listener]) => listener);
  const removed = remove.mock.calls.map(([, listener]) => listener);
  expect(added.length).toBeGreaterThan(0);
  expect(added.filter((listener) => !removed.includes(listener))).toEqual([]);
});

test("memory holds the page that the caller works on, not those before it", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { client } = clientOf(groupsUpTo(2000));
  const rows: WeakRef<object>[] = [];
  const held: number[] = [];
  for await (const row of paginate(client, "listRoles")) {
    rows.push(new WeakRef(row));
    if (rows.length % 400 !== 0) continue;
    await new Promise(setImmediate); // A WeakRef keeps its object until the end of the turn.
    collectGarbage();
    held.push(rows.filter((each) => each.deref()).length);
  }
  expect(Math.max(...held)).toBeLessThanOrEqual(400);
});

test.each<[string, object, PaginateOptions, string]>([
  ["a page size beyond the maximum", {}, { pageSize: 201 }, "pageSize must be an integer from 1 to 200, not 201"],
  ["a page size of 0", {}, { pageSize: 0 }, "pageSize must be an integer from 1 to 200, not 0"],
  [
    "a page size that is a string",
    {},
    { pageSize: "20" as never },
    "pageSize must be an integer from 1 to 200, not another string",
  ],
  ["a bound of 0", {}, { maxPages: 0 }, "maxPages must be an integer from 1, not 0"],
  ["a number for prefetch", {}, { prefetch: 1 as never }, "prefetch must be a boolean, not 1"],
  ["an offset", { offset: 20 }, {}, "offset must not be in the input: paginate adds it"],
  ["a size", { size: 20 }, {}, "size must not be in the input: paginate adds it"],
  ["null", null as never, {}, "the input must be of type object, not null"],
  ["a number", 20 as never, {}, "the input must be of type object, not number"],
  ["an array", [] as never, {}, "the input must be of type object, not array"],
])("%s is an InputError, and nothing is sent", async (_, input, options, message) => {
  const { client, pages } = clientOf([]);
  expect(() => paginate(client, "listRoles", input, options)).toThrow(
    expect.objectContaining({ name: "InputError", outcome: "not-executed", message: `listRoles: ${message}` }),
  );
  expect(pages()).toEqual([]);
});

test.each<[string, object, object, string]>([
  ["an unknown field", { name: "a" }, {}, "unknown field name"],
  ["an unknown option", {}, { retries: 1 }, "unknown option retries"],
  ["an invalid signal", {}, { signal: {}, prefetch: true }, "signal must be an AbortSignal"],
])("%s is refused by the call of the first page", async (_, input, options, message) => {
  const { client } = clientOf([]);
  const { error } = await walk(paginate(client, "listRoles", input, options as never));
  expect(error).toMatchObject({ name: "InputError", message: expect.stringContaining(message) });
});

test("an operation without pages is refused", () => {
  const { client } = clientOf([]);
  expect(() => paginate(client, "addRoleGroup" as "listRoles")).toThrow(
    new TypeError("paginate: operation must be listRoles or listRoleMembers, not addRoleGroup"),
  );
});

test("withResponse does not change the walk", async () => {
  const { client } = clientOf(groupsUpTo(1));
  expect(await walk(paginate(client, "listRoles", {}, { withResponse: true } as never))).toEqual({ ids: [1] });
});
