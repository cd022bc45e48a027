import { expect, onTestFinished, test, vi } from "vitest";
import { canary, created, type ObservedRequest, observedClient } from "./observed-client.test-helper.ts";

const page = () => new Response("<html>", { headers: { "Content-Type": "text/html" } });

test("addRoleGroup sends the request of the documentation, with the token in the query", async () => {
  const { client, requests } = observedClient();
  expect(await client.addRoleGroup({ name: "名称" })).toEqual({ groupId: 1560985325 });
  expect(requests).toHaveLength(1);
  const [{ url, init }] = requests as [ObservedRequest];
  expect(url.href).toBe(`https://oapi.dingtalk.io/role/add_role_group?access_token=${encodeURIComponent(canary)}`);
  expect(init.method).toBe("POST");
  expect([...new Headers(init.headers)]).toEqual([["content-type", "application/x-www-form-urlencoded;charset=utf-8"]]);
  expect(init.body).toBe("name=%E5%90%8D%E7%A7%B0");
  expect(init.redirect).toBe("manual");
  expect(init.cache).toBe("no-store");
});

test("getToken sends its fields in the query, and no token", async () => {
  const { client, requests } = observedClient([{ errcode: 0, access_token: "6d1bxxxx", expires_in: 7200 }]);
  expect(await client.getToken({ appkey: "a+b", appsecret: "c&d" })).toEqual({
    access_token: "6d1bxxxx",
    expires_in: 7200,
  });
  const [{ url, init }] = requests as [ObservedRequest];
  expect(url.href).toBe("https://oapi.dingtalk.io/gettoken?appkey=a%2Bb&appsecret=c%26d");
  expect(init.method).toBe("GET");
  expect(init.body).toBeNull();
  expect(init.headers).toEqual({});
});

test("after a block the client sends nothing for 5 minutes, and then sends again", async () => {
  useFakeTimers();
  const { client, requests, events } = observedClient([page, created]);
  const create = () => client.addRoleGroup({ name: "a" }).catch((error) => error);
  const until = Date.now() + 5 * 60_000;
  expect(await create()).toMatchObject({ name: "BlockedError", until });
  await vi.advanceTimersByTimeAsync(5 * 60_000 - 1);
  expect(await create()).toMatchObject({ name: "BlockedError", until });
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await create()).toEqual({ groupId: 1560985325 });
  expect(events.filter(({ type }) => type === "blocked")).toEqual([
    { type: "blocked", operation: "addRoleGroup", until },
  ]);
});

test("a clock that is set back does not make a block longer", async () => {
  useFakeTimers();
  const { client, requests } = observedClient([page, created]);
  await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({ name: "BlockedError" });
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(60_000);
  const until = Date.now() + 4 * 60_000;
  await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({ name: "BlockedError", until });
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  await client.addRoleGroup({ name: "a" });
  expect(requests).toHaveLength(2);
});

function useFakeTimers() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}
