import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createBodies } from "./bodies.ts";

test("a request that was aborted before its turn does not block", async () => {
  const request = new PassThrough().destroy();
  await once(request, "close");
  expect(await createBodies()(request as unknown as IncomingMessage)).toBe("aborted");
});
