// The client in a Jest test, which can only require CommonJS.
const { createServer } = require("node:http");
const { gzipSync } = require("node:zlib");
const { createClient, DingTalkError } = require("@dingrole/client");
const { callInBatches } = require("@dingrole/client/batches");
const { ensureRoleGroup } = require("@dingrole/client/ensure");
const { errorCodes } = require("@dingrole/client/error-codes");
const { createClient: createNodeClient } = require("@dingrole/client/node");
const { createClient: createFetchClient } = require("@dingrole/client/openapi-fetch");
const { paginate } = require("@dingrole/client/paginate");

const server = createServer((_, response) => {
  response.setHeader("Content-Encoding", "gzip").end(gzipSync('{"errcode":60011,"errmsg":"no permission"}'));
});
beforeAll((done) => void server.listen(0, "127.0.0.1", done));
afterAll(() => server.closeAllConnections());
afterAll((done) => void server.close(done));

const body = { name: "制造部" };
const lists = { roleIds: [1], userIds: ["a"] };
test.each([
  ["@dingrole/client", (options) => createClient(options).addRoleGroup(body)],
  ["@dingrole/client/node", (options) => createNodeClient(options).addRoleGroup(body)],
  ["@dingrole/client/openapi-fetch", (options) => createFetchClient(options).POST("/role/add_role_group", { body })],
  ["@dingrole/client/paginate", (options) => paginate(createClient(options), "listRoles").next()],
  ["@dingrole/client/batches", (options) => callInBatches(createClient(options), "addRolesForMembers", lists)],
  ["@dingrole/client/ensure", (options) => ensureRoleGroup(createClient(options), body)],
])("%s throws the same error classes as the other entries", async (_, call) => {
  const options = { accessToken: "6d1bxxxx", baseUrl: `http://127.0.0.1:${server.address().port}` };
  const error = await call(options).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DingTalkError);
  expect(errorCodes.get((error.cause ?? error).errcode)).toMatchObject({ class: "permission" });
});
