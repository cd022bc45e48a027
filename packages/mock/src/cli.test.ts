import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { gateway, operations } from "./generated/api.ts";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

/** Runs the command. `until` resolves with its output as soon as that matches. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [`${import.meta.dirname}/cli.ts`, ...args], {
    env: { ...process.env, NO_COLOR: "1" },
  });
  running.push(child);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const errors = text(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  async function until(pattern: RegExp): Promise<RegExpExecArray> {
    await expect.poll(() => output, { timeout: 50_000 }).toMatch(pattern);
    return pattern.exec(output) as RegExpExecArray;
  }
  return { child, until, errors, ended };
}

const listening = /listening on (http:\/\/127\.0\.0\.1:\d+), in (\w+) mode, (with|without) a memory\./;
const { path = "" } = operations.addRoleGroup ?? {};
const exampleOf = (name: string) => gateway.examples[name]?.value;
const post = { method: "POST", body: new URLSearchParams({ name: "制造部" }) };

test("the command answers as DingTalk does, logs each request without secrets, and ends on SIGINT", async () => {
  const { child, until, ended } = start("--port", "0");
  const [, url, mode, memory] = await until(listening);
  expect([mode, memory]).toEqual(["gateway", "with"]);
  const refused = await fetch(`${url}${path}?access_token=canary`, post);
  expect(await refused.json()).toEqual(exampleOf("invalidToken"));
  await until(/POST \/role\/add_role_group access_token=sha256:[0-9a-f]{12} name=制造部 → 200 invalidToken, \d+ ms\n/);
  expect(await (await fetch(`${url}${path}`, post)).json()).toEqual(exampleOf("missingToken"));
  const [output] = await until(/^.*→ 200 missingToken, \d+ ms\n {9}\S.*\n/ms);
  expect(output).not.toContain("canary");
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("a scenario, a token, a memory and strict mode are flags; with --json each line of the log is an object", async () => {
  const flags = ["--strict", "--memory", "--json", "--scenario", "commit:busy", "--token", "canary"];
  const { until } = start("--port", "0", ...flags);
  const [line] = await until(/^\{.*\}$/m);
  const { event, url, mode, memory } = JSON.parse(line);
  expect([event, mode, memory]).toEqual(["listening", "strict", true]);
  const issue = `${url}/@issued/gettoken?appkey=a&appsecret=b`;
  expect(await (await fetch(issue)).json()).toMatchObject({ access_token: "canary" });
  expect(await (await fetch(`${url}${path}?access_token=canary`, post)).json()).toEqual(
    operations.addRoleGroup?.examples.busy?.value,
  );
  expect((await fetch(`${url}${path}`, post)).status).toBe(401);
  const [output] = await until(/^\{.*\n\{.*\n\{.*\n\{.*\}$/m);
  const [, first, , last] = output.split("\n").map((each) => JSON.parse(each));
  expect(first).toMatchObject({ event: "request", operation: "getToken", scenario: "issued" });
  expect(last).toMatchObject({ violations: [expect.stringMatching(/./)], answer: 401 });
  expect(output).not.toContain("canary");
});

test("the log hides secrets of any name, shows accepted alternatives, and cuts long values", async () => {
  const { until } = start("--port", "0", "--token", "canary");
  const [, url] = await until(listening);
  for (const name of ["corpsecret", "secret", "client_secret", "token"])
    await (await fetch(`${url}/gettoken?corpid=a&${name}=canary`)).text();
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ name: "x".repeat(1_000_000), secret: "canary" });
  await (await fetch(`${url}${path}?access_token=canary`, { method: "POST", headers, body })).text();
  const [output] = await until(/^.* name=x+… \(1000005 characters\).*\n {9}accepted: a JSON body.*\n/s);
  expect(output).toMatch(
    /corpid=a corpsecret=sha256:[0-9a-f]{12} → 200 issued, \d+ ms\n {9}accepted: corpid instead of appkey/,
  );
  expect(output).not.toContain("canary");
  expect(output.length).toBeLessThan(5000);
});

test("--no-memory turns the memory off, and a request cannot move the terminal's cursor", async () => {
  const { until } = start("--port", "0", "--no-memory");
  const [, url, , memory] = await until(listening);
  expect(memory).toBe("without");
  await fetch(`${url}${path}?access_token=t`, {
    method: "POST",
    body: new URLSearchParams({ name: "\u001b[2J\n\u202e" }),
  });
  await until(/name=\\u\{1b\}\[2J\\u\{a\}\\u\{202e\} →/);
});

test("--limits enforces DingTalk's limits", async () => {
  const { until } = start("--port", "0", "--limits", "--strict");
  const [, url, , memory] = await until(listening);
  expect(memory, "the default in strict mode").toBe("without");
  const call = async () => (await fetch(`${url}${path}?access_token=t`, post)).json();
  // On a busy machine, one burst can take longer than the second of the limit. So the test sends bursts until a call is refused.
  const burst = () => Promise.all(Array.from({ length: gateway.limits.app.calls + 1 }, call));
  await expect.poll(burst, { timeout: 50_000 }).toContainEqual(exampleOf("rateLimited"));
});

test("the command warns of an address that other machines reach", async () => {
  const { until } = start("--port", "0", "--host", "0.0.0.0");
  await until(/It listens on 0\.0\.0\.0: other machines can call it\./);
});

test.each([
  [["--moon"], "Unknown option '--moon'"],
  [["--port", "x"], "--port must be a number from 0 to 65535, not x"],
  [["--port", "70000"], "port must be a whole number from 0 to 65535, not 70000"],
  [["--strict", "--gateway"], "--strict and --gateway must not both be given"],
  [["--token", ""], "token must be a non-empty string"],
  [["--host", "203.0.113.7", "--port", "0"], "port 0 on 203.0.113.7 cannot be used"],
])("%j prints one clear line, and the exit code is 1", async (args, message) => {
  const { errors, ended } = start(...args);
  expect(await ended).toBe(1);
  expect(await errors).toContain(`dingrole-mock: ${message}`);
  expect((await errors).trim().split("\n").length).toBeLessThanOrEqual(2);
});

test("an unknown scenario lists each kind of scenario in a line", async () => {
  const { errors, ended } = start("--scenario", "nope");
  expect(await ended).toBe(1);
  const lines = (await errors).trim().split("\n");
  expect(lines).toEqual([
    expect.stringMatching(/^dingrole-mock: unknown scenario "nope": expected an example \(.*created/),
    expect.stringMatching(/^ {2}a fault \(.*stall/),
    expect.stringMatching(/^ {2}latency:MILLISECONDS .* status:NUMBER/),
    expect.stringMatching(/^ {2}with a memory commit:NAME, .*stall.*busy/),
    expect.stringMatching(/^ {2}for one operation as OPERATION:NAME \(addRoleGroup/),
  ]);
});

test("--help lists every option", async () => {
  const { until, ended } = start("--help");
  await until(/--port.*--host.*--scenario.*--gateway.*--strict.*--token.*--memory.*--no-memory.*--limits.*--json/s);
  expect(await ended).toBe(0);
});
