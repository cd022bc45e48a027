/** Edits of the description. A separate file, because it takes as long as all other commands together. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { copyRepository } from "./copy.ts";

let copy: ReturnType<typeof copyRepository>;
beforeAll(() => {
  copy = copyRepository();
});
afterEach(() => copy.restore());
afterAll(() => copy.remove());

test("npm test fails after an edit without generate, says how to fix it, passes after generate, and lists skipped tests", async () => {
  copy.edit("spec/openapi.yaml", /^( {2}schemas:\n +\w+:\n +type: object\n +description: ).*$/m, "$1Edited.");
  const before = await copy.run("npm", "test", "--", "drift");
  expect(before.code).toBe(1);
  expect(before.output).toContain("run `npm run generate`");
  expect(result(before)).toMatch(/^\d+ passed, [1-9]\d* failed$/);
  expect(before.output).toContain("✗ @dingrole/types drift");

  expect((await copy.run("npm", "run", "generate")).code).toBe(0);
  expect(copy.read("packages/types/src/generated/openapi.ts")).toContain("Edited.");
  const after = await copy.run("npm", "test", "--", "drift");
  expect(result(after)).toMatch(/^\d+ passed, 0 failed$/);
  for (const name of ["types", "client", "cli", "mock", "docs"])
    expect(after.output).toContain(`✓ @dingrole/${name} drift`);
  expect(after.code).toBe(0);

  copy.edit("spec/description.test.ts", /$/, '\ntest("a skipped test", ({ skip }) => skip());\n');
  const skipped = await copy.run("npm", "test", "--", "test", "--filter=@dingrole/spec");
  expect(result(skipped)).toMatch(/^\d+ passed, 0 failed, 1 skipped$/);
  expect(skipped.output).toContain("  – @dingrole/spec test skipped: a skipped test\n");
  expect(skipped.code).toBe(0);
});

test("operations that are added to the description become typed client methods, mock routes, samples and sections of the docs", async () => {
  copy.edit("spec/openapi.yaml", /^paths:\n/m, `paths:\n${addedOperations}\n`);
  copy.edit("spec/openapi.yaml", /^ {2}schemas:\n/m, `  schemas:\n${addedSchema}\n`);
  expect((await copy.run("npm", "run", "generate")).output).toContain("✓ @dingrole/client generate");
  const types = copy.read("packages/client/src/generated/types.ts");
  expect(types).toContain("addRole(input: AddRoleInput, options?: CallOptions): Promise<AddRoleResult>;");
  expect(types).toContain("ping(input?: PingInput, options?: CallOptions): Promise<PingResult>;");
  expect(types).toContain("listRoles(input?: ListRolesInput, options?: CallOptions): Promise<ListRolesResult>;");

  const all = await copy.run("npm", "test", "--", "lint", "build", "typecheck", "drift");
  expect(result(all), all.output).toMatch(/^\d+ passed, 0 failed$/);
  for (const id of ["addRole", "listRoles", "ping"]) expect(copy.read("docs/dist/index.html")).toContain(`(${id})`);
  // The test files that go through all operations. One vitest runs them all, and installs no packages.
  const files = [
    "packages/client/src/create-client",
    ...["fetch", "gateway"].map((name) => `packages/mock/src/${name}`),
    ...["broken-requests", "examples", "tokens", "ways"].map((name) => `test/contract/${name}`),
    ...["budgets", "exports"].map((name) => `test/consumers/${name}`),
  ].map((file) => `${file}.test.ts`);
  const { code, output } = await copy.run("npx", "vitest", "run", "--config=packages/dev/vitest.config.ts", ...files);
  expect(code, output).toBe(0);
  expect(JSON.parse(copy.read(".vitest/results.json")).testResults).toHaveLength(files.length);
  // The samples in the languages that need no compiler, against a success and a failure.
  const titles =
    "(addRole|listRoles|ping)(\\.| in (curl|Python|TypeScript) .*(sends the described request|HTTP 200|code of a failure))";
  const samples = await copy.run("npm", "test", "--workspace", "test/samples", "--", "--testNamePattern", titles);
  expect(samples.code, samples.output).toBe(0);
  const [{ assertionResults }] = JSON.parse(copy.read("test/samples/.vitest/results.json")).testResults;
  const passed = assertionResults.filter(({ status }: { status: string }) => status === "passed");
  const sent = passed.filter(({ title }: { title: string }) => title.startsWith("sends the described request"));
  // Three operations in three languages, short and full.
  expect(sent).toHaveLength(18);
});

/** The last line of `npm test`. */
function result({ output }: { output: string }): string | undefined {
  return output.trimEnd().split("\n").at(-1);
}

const addedOperations = `  /role/add_role:
    post:
      operationId: addRole
      tags: [Role groups]
      summary: Create a role
      x-evidence: { grade: inferred, source: javaSdk }
      x-effect: neither
      x-app-types: [internal]
      x-permissions: { qyapi_manage_addresslist: Contacts data management }
      x-errcodes: [-1, 40014]
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
                note: { type: string, maxLength: 200, default: none, x-evidence: { grade: inferred, source: javaSdk } }
            examples:
              welder:
                summary: A welder
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
                  - $ref: '#/components/schemas/IpBlock'
              examples:
                roleCreated:
                  summary: The role was created
                  value: { errcode: 0, roleId: 7 }
                  x-evidence: { grade: inferred, source: javaSdk }
                busy: { $ref: '#/components/examples/busy' }

  /topapi/role/list:
    post:
      operationId: listRoles
      tags: [Role groups]
      summary: List roles
      x-evidence: { grade: inferred, source: javaSdk }
      x-app-types: [internal, third-party]
      x-permissions: {}
      x-errcodes: [-1, 40014]
      x-effect: safe
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                size: { type: integer, format: int64, default: 20, x-evidence: { grade: inferred, source: javaSdk } }
                offset: { type: integer, format: int64, x-evidence: { grade: inferred, source: javaSdk } }
            examples:
              firstPage:
                summary: The first page
                value: { size: 20, offset: 0 }
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
                  - $ref: '#/components/schemas/IpBlock'
              examples:
                listed:
                  summary: A role
                  value: { errcode: 0, roleId: 7 }
                  x-evidence: { grade: inferred, source: javaSdk }
                busy: { $ref: '#/components/examples/busy' }

  /ping:
    get:
      operationId: ping
      tags: [Role groups]
      summary: Ask whether anybody is there
      x-evidence: { grade: inferred, source: javaSdk }
      x-effect: safe
      x-app-types: [internal, third-party]
      x-permissions: {}
      x-errcodes: [-1, 40014]
      responses:
        '200':
          description: Success or failure.
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: '#/components/schemas/Pong'
                  - $ref: '#/components/schemas/ErrorEnvelope'
                  - $ref: '#/components/schemas/IpBlock'
              examples:
                pong:
                  summary: Somebody is there
                  value: { errcode: 0, errmsg: ok }
                  x-evidence: { grade: inferred, source: javaSdk }
                busy: { $ref: '#/components/examples/busy' }
`;

const addedSchema = `    CreatedRole:
      type: object
      required: [errcode, roleId]
      properties:
        errcode: { type: integer, const: 0, x-evidence: { grade: inferred, source: javaSdk } }
        roleId: { type: integer, format: int64, x-evidence: { grade: inferred, source: javaSdk } }

    Pong:
      type: object
      required: [errcode]
      properties:
        errcode: { type: integer, const: 0, x-evidence: { grade: inferred, source: javaSdk } }
        errmsg: { type: string, x-evidence: { grade: inferred, source: javaSdk } }
`;
