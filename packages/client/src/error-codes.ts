export { type ErrorCode, errorCodes } from "./generated/error-codes.ts";
