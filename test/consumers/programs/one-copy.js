// Checks that import and require give the same copy, so that `instanceof` works for errors of both, and walks through a list.
import { createRequire } from "node:module";
import { ApiError } from "@dingrole/client";
import { BatchesError } from "@dingrole/client/batches";
import { ensureRole } from "@dingrole/client/ensure";
import { errorCodes } from "@dingrole/client/error-codes";
import { createClient } from "@dingrole/client/node";
import { paginate } from "@dingrole/client/paginate";

const require = createRequire(import.meta.url);
console.log(
  require("@dingrole/client").ApiError === ApiError,
  require("@dingrole/client/node").createClient === createClient,
  require("@dingrole/client/error-codes").errorCodes === errorCodes,
  require("@dingrole/client/paginate").paginate === paginate,
  require("@dingrole/client/batches").BatchesError === BatchesError,
  require("@dingrole/client/ensure").ensureRole === ensureRole,
);
const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
  baseUrl: process.env.DINGTALK_BASE_URL,
});
for await (const { userid } of paginate(client, "listRoleMembers", { role_id: 1688611118 })) console.log(userid);
