// The client in a Jest test, which can only require CommonJS.
const { createServer } = require("node:http");
const { gzipSync } = require("node:zlib");
const { createClient, DingTalkError } = require("@dingrole/client");
const { errorCodes } = require("@dingrole/client/error-codes");
const { createClient: createNodeClient } = require("@dingrole/client/node");

const server = createServer((_, response) => {
  response.setHeader("Content-Encoding", "gzip").end(gzipSync('{"errcode":60011,"errmsg":"no permission"}'));
});
beforeAll((done) => void server.listen(0, "127.0.0.1", done));
afterAll(() => server.closeAllConnections());
afterAll((done) => void server.close(done));

test.each([
  ["@dingrole/client", createClient],
  ["@dingrole/client/node", createNodeClient],
])("%s throws the same error classes as the other entries", async (_, create) => {
  const client = create({ accessToken: "6d1bxxxx", baseUrl: `http://127.0.0.1:${server.address().port}` });
  const error = await client.addRoleGroup({ name: "制造部" }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(DingTalkError);
  expect(errorCodes.get(error.errcode)).toMatchObject({ class: "permission" });
});
