import { describe, expect, test } from "vitest";
import { faults, losses } from "./faults.ts";
import { operations, resources, tokenParameter, unknownOutcomes } from "./generated/api.ts";
import { createIds } from "./ids.ts";
import { createMock, type Mock, type OperationId, type Scenario } from "./index.ts";

const form = { "Content-Type": "application/x-www-form-urlencoded;charset=utf-8" };

/** Calls an operation, and returns the fields of its answer. */
async function call(mock: Mock, id: OperationId, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const body = String(new URLSearchParams(input as Record<string, string>));
  const url = `http://mock${operations[id]?.path}?${tokenParameter}=t`;
  return (await (await mock.fetch(url, { method: "POST", headers: form, body })).json()) as Record<string, unknown>;
}

const create = (mock: Mock, name: string) => call(mock, "addRoleGroup", { name });
const namesOf = (mock: Mock) => mock.organization().roleGroups.map(({ name }) => name);
const answerOf = (id: OperationId, example: string) => operations[id]?.examples[example]?.value;
const created = answerOf("addRoleGroup", "created") as { groupId: number };

/** An organization without anything. */
const empty = { organization: { roleGroups: [] } };

describe("a created thing", () => {
  test("is in the organization, with the ids of the answers", async () => {
    const mock = await createMock({ memory: empty });
    const ids = [await create(mock, "制造部"), await create(mock, "研发部")].map(({ groupId }) => groupId);
    expect(mock.organization().roleGroups).toEqual([
      { id: ids[0], name: "制造部", roles: [] },
      { id: ids[1], name: "研发部", roles: [] },
    ]);
    mock.reset();
    expect(JSON.stringify(await create(mock, "制造部")), "in the example's order").toBe(JSON.stringify(created));
    expect(ids[0], "the first has the id of the description's example").toBe(created.groupId);
  });

  test("is forgotten by reset, after which the same calls get the same ids", async () => {
    const mock = await createMock({ memory: true });
    const before = [await create(mock, "a"), await create(mock, "b"), mock.organization()];
    mock.reset();
    expect(namesOf(mock)).not.toContain("a");
    expect([await create(mock, "a"), await create(mock, "b"), mock.organization()]).toEqual(before);
  });

  test("belongs to one mock", async () => {
    const [first, second] = [await createMock({ memory: empty }), await createMock({ memory: empty })];
    await create(first, "a");
    expect(namesOf(second)).toEqual([]);
  });

  test("without a memory is not kept", async () => {
    const mock = await createMock();
    await create(mock, "a");
    expect(() => mock.organization()).toThrow("organization() needs a memory: pass `memory: true`");
  });
});

describe("ids", () => {
  test("have ten digits, are all different and safe, and are in no order; some are above 2^32", () => {
    const ids = createIds(1);
    const taken = Array.from({ length: 2000 }, () => ids.take());
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.every((id) => /^[1-9]\d{9}$/.test(String(id)))).toBe(true);
    expect(taken.filter((id) => id > 2 ** 32).length).toBeGreaterThan(500);
    expect(taken.filter((id) => id < 2 ** 32).length).toBeGreaterThan(500);
    const rising = taken.filter((id, index) => id > (taken[index - 1] ?? 0));
    expect(rising.length).toBeGreaterThan(800);
    expect(rising.length).toBeLessThan(1200);
  });

  test("follow from the seed alone, and leave out those that are reserved", () => {
    const [first, same, other] = [createIds(7), createIds(7), createIds(8)];
    const id = first.take();
    expect([id, other.take() === id]).toEqual([same.take(), false]);
    const third = createIds(7);
    third.reserve(id);
    expect([third.take(), third.take(5), third.take(5)]).toEqual([first.take(), 5, first.take()]);
  });
});

describe("an organization", () => {
  test("is a new one by default: it has what the description says, with ids that differ", async () => {
    const { roleGroups } = (await createMock({ memory: true })).organization();
    const start = resources.roleGroup?.start as { name: string; roles: string[] }[];
    expect(roleGroups.map(({ name, roles }) => ({ name, roles: roles.map((role) => role.name) }))).toEqual(
      start.map(({ name, roles }) => ({ name, roles })),
    );
    const ids = roleGroups.flatMap(({ id, roles }) => [id, ...roles.map((role) => role.id)]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("has what the option says, and is shown in the same form", async () => {
    const roles = [
      { id: 11, name: "worker", members: [{ user: "user1", departments: [1, 2] }, { user: "user2" }] },
      { id: 12, name: "guest", members: [] },
    ];
    const organization = {
      users: [
        { id: "user1", name: "张三" },
        { id: "user2", name: "user2" },
      ],
      departments: [1, 2].map((id) => ({ id, name: String(id) })),
      roleGroups: [{ id: 10, name: "factory", isClosed: true as const, roles }],
    };
    expect((await createMock({ memory: { organization } })).organization()).toEqual(organization);
    const short = { ...organization, users: [{ id: "user1", name: "张三" }, "user2"], departments: ["1", "2"] };
    expect((await createMock({ memory: { organization: short } })).organization()).toEqual(organization);
    const names = { roleGroups: [{ name: "factory", roles: ["worker", { name: "guest", members: ["user1"] }] }] };
    const mock = await createMock({ memory: { organization: names, seed: 3 } });
    expect(mock.organization()).toEqual({
      roleGroups: [
        {
          id: expect.any(Number),
          name: "factory",
          roles: [
            { id: expect.any(Number), name: "worker", members: [] },
            { id: expect.any(Number), name: "guest", members: [{ user: "user1" }] },
          ],
        },
      ],
    });
  });

  test("can have 450 role groups, of which some have the same name", async () => {
    const roleGroups = Array.from({ length: 450 }, (_, index) => `Group ${index % 440}`);
    const mock = await createMock({ memory: { organization: { roleGroups } } });
    expect(namesOf(mock)).toHaveLength(450);
    expect(new Set(namesOf(mock)).size).toBe(440);
  });

  test.each<[string, unknown, string]>([
    [
      "an unknown list",
      { groups: [] },
      "unknown field groups in organization: expected users, departments, roleGroups",
    ],
    ["a list that is not an array", { roleGroups: {} }, "organization.roleGroups must be an array, not {}"],
    [
      "an unknown field",
      { roleGroups: [{ name: "a", roles: [{ title: "b" }] }] },
      "unknown field title in organization.roleGroups[0].roles[0]: expected id, name, isClosed, members",
    ],
    [
      "a thing without a name",
      { roleGroups: [{}] },
      "organization.roleGroups[0].name must be a non-empty string, not undefined",
    ],
    [
      "an id that a number cannot hold",
      { roleGroups: [{ id: 2 ** 53, name: "a" }] },
      "organization.roleGroups[0].id must be a positive safe integer that no other has, not 9007199254740992",
    ],
    [
      "an id that another thing has",
      { roleGroups: [{ id: 7, name: "a", roles: [{ id: 7, name: "b" }] }] },
      "organization.roleGroups[0].roles[0].id must be a positive safe integer that no other has, not 7",
    ],
    [
      "a member who is not a user",
      { users: ["user1"], roleGroups: [{ name: "a", roles: [{ name: "b", members: ["user2"] }] }] },
      'organization.roleGroups[0].roles[0].members[0].user must be the id of a known user, not "user2"',
    ],
  ])("with %s is refused", async (_, organization, message) => {
    const options = { memory: { organization } } as never;
    await expect(createMock(options)).rejects.toThrow(new TypeError(message));
  });
});

test.each<[object, string]>([
  [{ roleGroups: [] }, "unknown field roleGroups in memory: expected organization, refuses, seed"],
  [{ seed: "a" }, "memory.seed must be a whole number, not a"],
])("the options %j are refused by name", async (memory, message) => {
  await expect(createMock({ memory } as never)).rejects.toThrow(new TypeError(message));
});

describe("a refusal that the description lacks", () => {
  test("can be added: a second role group of the same name is created, unless the options refuse it", async () => {
    const mock = await createMock({ memory: empty });
    await create(mock, "a");
    expect(await create(mock, "a")).toMatchObject({ errcode: 0 });
    expect(namesOf(mock)).toEqual(["a", "a"]);
    const refuses = { addRoleGroup: { taken: "parameterError" } } as const;
    const strict = await createMock({ memory: { ...empty, refuses } });
    await create(strict, "a");
    expect(await create(strict, "a")).toEqual(answerOf("addRoleGroup", "parameterError"));
    expect(namesOf(strict)).toEqual(["a"]);
    expect(strict.requests.at(-1)?.example).toBe("parameterError");
  });

  test.each<[object, string]>([
    [{ addGroup: {} }, "memory.refuses must have operations that use the memory, not addGroup"],
    [{ addRoleGroup: { tooMany: "busy" } }, "memory.refuses.addRoleGroup must have the reasons taken, held, closed or"],
    [{ addRoleGroup: { taken: "nope" } }, "memory.refuses.addRoleGroup.taken must be one of unknownPath,"],
  ])("must be known: %j", async (refuses, message) => {
    await expect(createMock({ memory: { refuses } as never })).rejects.toThrow(message);
  });
});

/** Calls with a scenario, and goes away as soon as the mock has decided about the call: some answers never come. */
async function tryToCreate(mock: Mock, name: string, scenario: Scenario) {
  mock.next(scenario);
  const controller = new AbortController();
  const url = `http://mock${operations.addRoleGroup?.path}?${tokenParameter}=t`;
  const init = { method: "POST", headers: form, body: String(new URLSearchParams({ name })) };
  const count = mock.requests.length;
  const answer = mock.fetch(url, { ...init, signal: controller.signal }).catch(() => {});
  await expect.poll(() => mock.requests.length, { interval: 1 }).toBe(count + 1);
  expect(mock.pending).toEqual([]);
  controller.abort();
  await answer;
}

describe("a call whose answer is lost", () => {
  // Another operation's example with an unknown outcome waits for a call of that operation.
  const examples = unknownOutcomes.filter((name) => name in (operations.addRoleGroup?.examples ?? {}));
  const ways = [...Object.keys(losses), ...examples, "status:500", "status:200"];

  test.each(ways)("%s: it is carried out only after `commit:`", async (way) => {
    const mock = await createMock({ memory: empty });
    await tryToCreate(mock, "a", way as Scenario);
    expect(namesOf(mock)).toEqual([]);
    await tryToCreate(mock, "b", `commit:${way}` as Scenario);
    expect(namesOf(mock)).toEqual(["b"]);
    await tryToCreate(mock, "c", `addRoleGroup:commit:${way}` as Scenario);
    expect(namesOf(mock)).toEqual(["b", "c"]);
    expect(mock.requests.map(({ scenario }) => scenario)).toEqual([way, `commit:${way}`, `addRoleGroup:commit:${way}`]);
  });

  test("has the answer that it has without a memory", async () => {
    const mock = await createMock({ memory: empty });
    mock.next("commit:busy");
    expect(await create(mock, "a")).toEqual(answerOf("addRoleGroup", "busy"));
    expect(mock.requests[0]).toMatchObject({ example: "busy", answer: 200 });
  });
});

test.each(Object.keys(faults).filter((each) => !(each in losses) && each !== "quotedRequest"))(
  "%s delivers the answer, so the call is carried out",
  async (fault) => {
    const mock = await createMock({ memory: empty });
    await tryToCreate(mock, "a", fault as Scenario);
    expect(namesOf(mock)).toEqual(["a"]);
  },
);

test("a late answer is carried out, `duplicate` is so twice, and a named example is not", async () => {
  const mock = await createMock({ memory: empty });
  mock.next("latency:10", "duplicate", "created", "noPermission", "quotedRequest", "resetAtOnce");
  const [late, twice, named] = [await create(mock, "a"), await create(mock, "b"), await create(mock, "c")];
  expect(named).toEqual(created);
  for (const name of ["d", "e"]) await create(mock, name);
  await expect(create(mock, "f")).rejects.toThrow();
  expect(mock.organization().roleGroups).toMatchObject([
    { id: late.groupId, name: "a" },
    { name: "b" },
    { id: twice.groupId, name: "b" },
  ]);
});

test.each<[string, string]>([
  ["commit:noPermission", 'unknown scenario "commit:noPermission": with a memory commit:NAME'],
  ["commit:resetAtOnce", "resetAfterRead, closeAfterRead, stall"],
  ["commit:gzip", "status:NUMBER"],
  ["commit:status:700", 'unknown scenario "status:700"'],
])("%s is not a scenario: %s", async (scenario, message) => {
  const mock = await createMock({ memory: true });
  expect(() => mock.next(scenario as Scenario)).toThrow(message);
});

test("`commit:` needs a memory", async () => {
  const mock = await createMock();
  const message = "the scenario commit:stall needs a memory: pass `memory: true`, or --memory";
  expect(() => mock.next("commit:stall")).toThrow(new RangeError(message));
});
