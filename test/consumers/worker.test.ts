/**
 * One client in the module scope of a Worker. When a request of a Worker ends, its timers and its unfinished `fetch` end, too,
 * even if other requests wait for them.
 */
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { bundleWorker } from "./runtimes.ts";

/** A server that issues tokens, or does not answer `getToken`, and a Worker that calls it. */
async function startWorker(storedToken = "") {
  const dingtalk = { isStalled: false, tokens: 0, creates: 0 };
  const server = createServer((request, response) => {
    if (!request.url?.startsWith("/gettoken")) {
      dingtalk.creates++;
      response.end('{"errcode":0,"groupId":7}');
    } else {
      dingtalk.tokens++;
      if (!dingtalk.isStalled) response.end('{"errcode":0,"access_token":"t","expires_in":7200}');
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const miniflare = new Miniflare({
    modules: true,
    script: await bundleWorker(join(inject("installed"), "programs/worker-with-one-client.js")),
    compatibilityDate: "2026-07-01",
    bindings: {
      APP_KEY: "key",
      APP_SECRET: "secret",
      DINGTALK_BASE_URL: baseUrl,
      STORED_TOKEN: storedToken,
    },
  });
  onTestFinished(async () => {
    await miniflare.dispose();
    server.closeAllConnections();
    server.close();
  });
  const create = async () => (await miniflare.dispatchFetch("http://worker/?name=a")).json();
  return { dingtalk, create, url: await miniflare.ready };
}

const created = { groupId: 7 };

test("a refresh that is cut off fails no call, and the token is still renewed", async () => {
  // The token is in the last twelfth of its life; 2 seconds later in its last 30 seconds, when it is not used any longer.
  const expiresAt = Date.now() + 32_000;
  const { dingtalk, create } = await startWorker(JSON.stringify({ value: "stored", expiresAt, lifetime: 7_200_000 }));
  dingtalk.isStalled = true;
  expect([await create(), await create()]).toEqual([created, created]);
  await vi.waitUntil(() => dingtalk.tokens === 1);
  dingtalk.isStalled = false;
  await wait(expiresAt - 29_900 - Date.now());
  expect(await create()).toEqual(created);
  expect(dingtalk).toMatchObject({ tokens: 2, creates: 3 });
});

test("if the request that fetches the first token goes away, a waiting request fetches it again", async () => {
  const { dingtalk, create, url } = await startWorker();
  dingtalk.isStalled = true;
  const request = get(new URL("?name=a", url)).on("error", () => {});
  await vi.waitUntil(() => dingtalk.tokens === 1);
  request.destroy();
  dingtalk.isStalled = false;
  expect(await Promise.all([create(), create(), create()])).toEqual([created, created, created]);
  expect(dingtalk).toMatchObject({ tokens: 2, creates: 3 });
});

test("45 requests at once end within 4 seconds, and steady traffic continues", async () => {
  const { dingtalk, create } = await startWorker();
  const start = performance.now();
  const results = await Promise.all(Array.from({ length: 45 }, create));
  expect(performance.now() - start).toBeLessThan(4000);
  expect(results).toEqual(Array(45).fill(created));
  for (let index = 0; index < 10; index++) {
    expect(await create()).toEqual(created);
    await wait(20);
  }
  expect(dingtalk).toMatchObject({ tokens: 1, creates: 55 });
});
