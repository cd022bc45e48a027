// Whether what is imported and what is required are one copy: an error of either is then one of the other.
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
