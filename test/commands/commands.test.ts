import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyRepository } from "./copy.ts";

let copy: ReturnType<typeof copyRepository>;
beforeEach(() => {
  copy = copyRepository();
});
afterEach(() => copy.remove());

/** A server on a free port, to take one or to learn of one. */
async function listen(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as { port: number }).port, server };
}

async function freePort(): Promise<string> {
  const { port, server } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const ports = async () => ["--mock-port", await freePort(), "--docs-port", await freePort()];

/** The processes that run in the copy. */
function processesOf(folder: string): string {
  return execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder))
    .join("\n");
}

test("npm start creates a role group, serves the mock and the docs, and ends on Ctrl-C without a trace", async () => {
  const start = copy.start("npm", "start", "--", ...(await ports()));
  const output = await start.until(/Ctrl-C/);
  expect(output).toContain("name=%E5%88%B6%E9%80%A0%E9%83%A8");
  expect(output).toContain("access_token=***");
  expect(output).not.toContain("6d1bxxxx");
  expect(output).toContain("→ { groupId: 1560985325 }");
  const [mock, docs] = [/mock {2}(\S+)/, /docs {2}(\S+)/].map((pattern) => pattern.exec(output)?.[1] as string) as [
    string,
    string,
  ];
  expect((await fetch(`${mock}/gettoken?appkey=a&appsecret=b`)).status).toBe(200);
  expect(await (await fetch(docs)).text()).toContain("Create a role group");

  start.interrupt();
  await start.ended;
  await expect(fetch(mock)).rejects.toThrow();
  await expect(fetch(docs)).rejects.toThrow();
  expect(processesOf(copy.at("."))).toBe("");
});

test("npm start on a busy port is one line that names the port and the way out", async () => {
  const { port, server } = await listen();
  const { code, output } = await copy.run(
    "npm",
    "start",
    "--",
    "--mock-port",
    String(port),
    "--docs-port",
    await freePort(),
  );
  server.close();
  expect(code).toBe(1);
  expect(faults(output)).toEqual([
    `✗ port ${port} is in use: choose another with npm start -- --mock-port ${port + 10}`,
  ]);
});

test("npm start on a broken description is one line that names the place, and nothing keeps running", async () => {
  copy.edit("spec/openapi.yaml", "      operationId: getToken\n", "      operationId: getToken\n      operation: 1\n");
  const line = copy.read("spec/openapi.yaml").split("\n").indexOf("      operation: 1") + 1;
  const { code, output } = await copy.run("npm", "start", "--", ...(await ports()));
  expect(code).toBe(1);
  expect(faults(output)).toEqual([
    `✗ @dingrole/spec lint failed: spec/openapi.yaml:${line}:7: Property \`operation\` is not expected here.`,
  ]);
  expect(processesOf(copy.at("."))).toBe("");
});

test("npm test fails on a description edited without generate, says what mends it, and passes once that ran", async () => {
  copy.edit("spec/openapi.yaml", "description: The name of the role group.", "description: The group's name.");
  const before = await copy.run("npm", "test", "--", "drift");
  expect(before.code).toBe(1);
  expect(before.output).toContain("run `npm run generate`");
  expect(before.output.trimEnd()).toMatch(/\n\d+ passed, [1-9]\d* failed$/);

  expect((await copy.run("npm", "run", "generate")).code).toBe(0);
  expect(copy.read("packages/client/src/generated/types.ts")).toContain("The group's name.");
  const after = await copy.run("npm", "test", "--", "drift");
  expect(after.output.trimEnd()).toMatch(/\n\d+ passed, 0 failed$/);
  expect(after.code).toBe(0);
});

test("an operation added to the description is a typed client method, a mock route and a section of the docs", async () => {
  copy.edit("spec/openapi.yaml", "\n  /gettoken:\n", `\n${addedOperation}\n  /gettoken:\n`);
  copy.edit("spec/openapi.yaml", "    IssuedToken:\n", `${addedSchema}\n    IssuedToken:\n`);
  expect((await copy.run("npm", "run", "generate")).output).toContain("✓ @dingrole/client generate");
  const check = await copy.run("npm", "test", "--", "drift", "typecheck");
  expect(check.output.trimEnd()).toMatch(/\n\d+ passed, 0 failed$/);

  expect(copy.read("packages/client/dist/generated/types.d.ts")).toContain(
    "addRole(input: AddRoleInput): Promise<AddRoleResult>;",
  );
  const contract = await copy.run("npm", "test", "--", "test", "--filter=@dingrole/test-contract");
  expect(contract.output.trimEnd()).toMatch(/\n\d+ passed, 0 failed$/);
  const docs = await copy.run("npm", "test", "--", "test", "--filter=@dingrole/test-browser");
  expect(docs.output.trimEnd()).toMatch(/\n\d+ passed, 0 failed$/);
});

test("a second run takes all from the cache but what is never cached; a change in spec/ reruns what depends on it, and no more", async () => {
  await copy.run("npm", "run", "check");
  const second = await copy.run("npm", "run", "check");
  expect(rerun(second.output)).toEqual(["@dingrole/test-drift drift"]);

  copy.edit("README.md", "# dingrole", "# Dingrole");
  const third = await copy.run("npm", "run", "check");
  expect(rerun(third.output)).toEqual(["@dingrole/test-drift drift"]);

  copy.edit("spec/openapi.yaml", "version: 0.1.0", "version: 0.1.1");
  const fourth = await copy.run("npm", "run", "check");
  for (const task of ["spec lint", "spec build", "types build", "client build", "mock build", "client typecheck"])
    expect(rerun(fourth.output)).toContain(`@dingrole/${task}`);
  expect(rerun(fourth.output)).not.toContain("// lint");
});

/** The lines of a command's own, without npm's banner and the progress. */
function faults(output: string): string[] {
  return output.split("\n").filter((line) => line.trim() && !/^>|^ {2}…/.test(line));
}

/** The tasks that a run did not take from the cache. */
function rerun(output: string): string[] {
  return [...output.matchAll(/^ {2}[✓✗] (\S+ \S+) +\d/gm)].map(([, task]) => task as string);
}

const addedOperation = `  /role/add_role:
    post:
      operationId: addRole
      tags: [Role groups]
      summary: Create a role
      x-evidence: { grade: inferred, source: javaSdk }
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [roleName, groupId]
              properties:
                roleName: { type: string, minLength: 1, x-evidence: { grade: inferred, source: javaSdk } }
                groupId: { type: integer, format: int64, x-evidence: { grade: inferred, source: javaSdk } }
            examples:
              welder:
                value: { roleName: Welder, groupId: 1560985325 }
                x-evidence: { grade: inferred, source: javaSdk }
      responses:
        '200':
          description: Success or failure.
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: '#/components/schemas/CreatedRole'
                  - $ref: '#/components/schemas/ErrorEnvelope'
              examples:
                roleCreated:
                  value: { errcode: 0, roleId: 7 }
                  x-evidence: { grade: inferred, source: javaSdk }
                busy: { $ref: '#/components/examples/busy' }
`;

const addedSchema = `    CreatedRole:
      type: object
      required: [errcode, roleId]
      properties:
        errcode: { type: integer, const: 0, x-evidence: { grade: inferred, source: javaSdk } }
        roleId: { type: integer, format: int64, x-evidence: { grade: inferred, source: javaSdk } }
`;
