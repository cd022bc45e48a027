/** The loopback server for all kinds, in a separate process. It refuses any other request, so that no kind can cheat. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answer = '{"errcode":0,"groupId":1560985325,"errmsg":"ok"}';
const token = '{"errcode":0,"access_token":"token","expires_in":7200}';
const headers = { "Content-Type": "application/json;charset=utf-8", "Content-Length": Buffer.byteLength(answer) };
const path = "/role/add_role_group?access_token=";
const body = `name=${encodeURIComponent("制造部")}`;

const server = createServer((request, response) => {
  let received = "";
  request.setEncoding("latin1").on("data", (chunk) => {
    received += chunk;
  });
  request.on("end", () => {
    const type = request.headers["content-type"] ?? "";
    const isCall = request.method === "POST" && request.url?.startsWith(path) && /x-www-form-urlencoded/.test(type);
    if (isCall && received === body) response.writeHead(200, headers).end(answer);
    else if (request.url?.startsWith("/gettoken?"))
      response.writeHead(200).end(token); // Once, for each kind that gets a token.
    else response.writeHead(400).end(`not the call: ${request.method} ${request.url} ${type} ${received}`);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
