// Checks that import and require give the same copy, so that `instanceof` works for errors of both.
import { createRequire } from "node:module";
import { ApiError } from "@dingrole/client";
import { errorCodes } from "@dingrole/client/error-codes";
import { createClient } from "@dingrole/client/node";

const require = createRequire(import.meta.url);
console.log(
  require("@dingrole/client").ApiError === ApiError,
  require("@dingrole/client/node").createClient === createClient,
  require("@dingrole/client/error-codes").errorCodes === errorCodes,
);
