import { type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { readDescription } from "@dingrole/spec";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../outcome.ts";
import { doctor, examine, type Finding } from "./doctor.ts";

let mock: MockServer;
beforeEach(async () => {
  mock = await startMock({ mode: "gateway", token: "valid" });
});
afterEach(() => mock.close());
afterEach(() => void vi.unstubAllEnvs());
afterEach(() => void vi.restoreAllMocks());

const { operations } = readDescription();
const names = new Set(operations.flatMap(({ permissions }) => Object.keys(permissions)));

/** The findings with these variables, and no others. */
async function findWith(variables: Record<string, string>): Promise<Finding[]> {
  for (const name of ["APP_KEY", "APP_SECRET", "ACCESS_TOKEN", "REGION", "BASE_URL"])
    vi.stubEnv(`DINGTALK_${name}`, variables[`DINGTALK_${name}`]);
  const findings: Finding[] = [];
  for await (const finding of examine({ baseUrl: mock.url })) findings.push(finding);
  return findings;
}

const app = { DINGTALK_APP_KEY: "key", DINGTALK_APP_SECRET: "secret" };
const token = { DINGTALK_ACCESS_TOKEN: "valid" };

/** The findings in short: `permission qyapi_… right`. */
const shorten = (findings: readonly Finding[]) =>
  findings.map(({ check, permission = "", state }) => [check, permission, state].filter(Boolean).join(" "));

const connected = ["reachability right", "clock right", "credentials right"];

test.each([
  ["an app's key and secret", app, ["getToken"]],
  ["an access token", token, ["listRoles"]],
])("%s are enough to examine each permission of the description", async (_, variables, first) => {
  const findings = shorten(await findWith(variables));
  expect(findings.slice(0, 3)).toEqual(connected);
  expect(new Set(findings.slice(3))).toEqual(new Set(Array.from(names, (name) => `permission ${name} right`)));
  expect(mock.requests.map(({ operation }) => operation)).toEqual([
    ...first,
    "listRoles",
    "getRole",
    "removeRolesForMembers",
  ]);
  expect(mock.requests.flatMap(({ violations }) => violations)).toEqual([]);
});

test("no call creates, renames, deletes or gives anything, and the one that takes a role names a role and a user that do not exist", async () => {
  await findWith(app);
  await findWith(token);
  const writes = mock.requests.filter(
    ({ operation }) => operations.find(({ id }) => id === operation)?.effect !== "safe",
  );
  const sent = writes.flatMap(({ operation, form }) => (operation === "getToken" ? [] : [[operation, form]]));
  const nobody = { roleIds: "9007199254740991", userIds: expect.stringMatching(/^dingrole-doctor-[0-9a-f-]{36}$/) };
  expect(sent).toEqual(Array(2).fill(["removeRolesForMembers", nobody]));
});

test.each(["listRoles", "getRole", "removeRolesForMembers"] as const)(
  "if %s is refused, its permission is wrong, and the advice has the title in the console",
  async (id) => {
    mock.always(`${id}:noPermission`);
    const findings = await findWith(token);
    const { permissions = {} } = operations.find((each) => each.id === id) ?? {};
    const [[name, title] = []] = Object.entries(permissions);
    expect(shorten(findings).filter((each) => !each.endsWith("right"))).toEqual([`permission ${name} wrong`]);
    const wrong = findings.find(({ permission }) => permission === name);
    expect(wrong?.found).toMatch(new RegExp(`^${id} failed: 60011 `));
    expect(wrong?.advice).toContain(`Request "${title}" for the app in DingTalk's console.`);
  },
);

test("the advice on a sensitive permission says that an administrator must approve it", async () => {
  mock.always("removeRolesForMembers:noPermission");
  const advice = (await findWith(token)).map(({ advice }) => advice).find(Boolean);
  expect(advice).toMatch(/ An administrator .* must approve .*\.$/);
});

test.each<[Scenario, string]>([
  ["getRole:invalidRole", "reading one role is allowed: only the id is refused (33011)"],
  ["getRole:notFound", "reading one role is allowed"],
  ["listRoles:emptyPage", "reading a role that does not exist is allowed"],
  ["listRoles:noPermission", "reading a role that does not exist is allowed"],
  [
    "removeRolesForMembers:invalidUser",
    "taking a role that does not exist from a user who does not exist is allowed: only the id is refused (33012)",
  ],
])("after %s the permission is right: %s", async (scenario, found) => {
  mock.always(scenario);
  expect(await findWith(token)).toContainEqual(expect.objectContaining({ check: "permission", state: "right", found }));
});

test.each<Scenario>([
  "getRole:busy",
  "getRole:rateLimitedWrapped",
  "getRole:closeAfterRead",
  "getRole:badGateway",
  "getRole:parameterError", // The gateway may refuse the form before it checks the permission.
  "getRole:missingTokenWrapped",
])("after %s the permission is open, and the others are examined", async (scenario) => {
  mock.always(scenario);
  const [, department, member, manage] = shorten((await findWith(token)).slice(2));
  expect([department, member, manage]).toEqual([
    expect.stringMatching(/right$/),
    expect.stringMatching(/open$/),
    expect.stringMatching(/right$/),
  ]);
});

test.each<[string, Record<string, string>]>([
  ["no credentials", {}],
  ["an invalid token", { DINGTALK_ACCESS_TOKEN: "other" }],
])("with %s the credentials are wrong, and each permission is open", async (_, variables) => {
  const findings = shorten(await findWith(variables));
  expect(findings.filter((each) => !each.startsWith("permission"))).toContain("credentials wrong");
  expect(findings.filter((each) => each.startsWith("permission"))).toEqual(
    Array.from(names, (name) => `permission ${name} open`),
  );
});

test("an organization that is not valid does not prove the permission to list", async () => {
  mock.always("listRoles:invalidOrganization");
  const findings = shorten(await findWith(app));
  expect(findings[3]).toMatch(/open$/);
});

test.each<[Scenario, RegExp]>([
  ["busy", /: -1 system busy.*\n {2}→ Run it again\.$/],
  ["rateLimitedWrapped", /: 90018 .*\n {2}→ Run it again later/],
  ["badGateway", /502$/],
  ["emptyBody", /no errcode$/],
])("after %s it is open whether the token is valid, and the exit code is 1", async (scenario, found) => {
  mock.always(scenario);
  const finding = (await findWith(token)).find(({ check }) => check === "credentials");
  expect(finding).toMatchObject({ state: "open", found: expect.stringMatching(found) });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(await doctor({ baseUrl: mock.url })).toBe(exitCodes.failed);
});

test("the exit code is 1 if a permission is open, and 0 if all is right", async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await findWith(token);
  expect(await doctor({ baseUrl: mock.url })).toBe(exitCodes.done);
  mock.always("getRole:busy");
  expect(await doctor({ baseUrl: mock.url })).toBe(exitCodes.failed);
});

test("an access token without any permission is valid", async () => {
  mock.always("noPermission");
  const findings = shorten(await findWith(token));
  expect(findings.slice(0, 3)).toEqual(connected);
  expect(findings.slice(3).every((each) => each.endsWith("wrong"))).toBe(true);
});
