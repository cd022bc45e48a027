import { inspect } from "node:util";
import type { DingTalkError } from "@dingrole/client";
import { faultNames, fingerprint, type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Credentials, errorOf, makeCall, observeClient, transports } from "./observed-call.ts";

let mock: MockServer;
beforeEach(async () => {
  // A new origin has no connections to reuse.
  mock = await startMock();
});
afterEach(() => mock.close());

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.01);
});
afterEach(() => vi.restoreAllMocks());

/** The token that `getToken` issues. */
const issuedToken = "issued-canary+0f/x x&y=";
const canaries = ["token-canary+6d1b/x x&y=", "secret-canary+6d1b/x x&y=", issuedToken] as const;
const [accessToken, appSecret] = canaries;

/** The spellings of a value in a text: plain, encoded as in a query or a form, and both with hex digits in lower case. */
function formsOf(secret: string): string[] {
  const query = encodeURIComponent(secret);
  const form = query.replaceAll("%20", "+");
  return [secret, query, form, query.toLowerCase(), form.toLowerCase()];
}

const forbidden = canaries.flatMap(formsOf);
/** Matches a secret parameter with its value. A redacted value is allowed. */
const parameter = /(access_token|appsecret)=(?!\*\*\*)/gi;

/** Everything that a logger could read from a value. */
function show(value: unknown): string {
  return [inspect(value, { showHidden: true, depth: Infinity, getters: true }), JSON.stringify(value)].join("\n");
}

function showError(error: DingTalkError | undefined): string {
  const texts: unknown[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const own = Reflect.ownKeys(each).map((name) => [name, (each as never)[name]]);
    texts.push(each.message, each.stack, String(each), show(each), show(own));
  }
  return texts.join("\n");
}

/** Returns only the secrets that it finds: the whole text would fill the screen. */
const findLeaks = (text: string) => [
  ...forbidden.filter((secret) => text.includes(secret)),
  ...new Set(text.match(parameter)),
];

const examples = ["noPermission", "invalidToken", "busy", "ipBlockedPage", "ipBlocked"] as const;
const scenarios: Scenario[] = [...faultNames, ...examples, "status:302", "status:503"];

/** Allows one retry, so that there are retry events. The wait must be short. */
const options = { timeout: 250, deadline: 900, retries: 1 };

async function leaksOf(create: (typeof transports)[number][1], credentials: Credentials, baseUrl: string) {
  const { client, events } = observeClient(create, { ...options, ...credentials, baseUrl });
  const error = await errorOf(makeCall(client, "addRoleGroup"));
  // The test proves nothing unless the canary was sent.
  const [first] = mock.requests;
  const sent = Object.values(first?.query ?? {});
  const wasSent = !first || canaries.map(fingerprint).some((each) => sent.includes(each));
  return {
    error: findLeaks(showError(error)),
    events: findLeaks(show(events)),
    client: findLeaks(show(client)),
    wasSent,
  };
}

const nothing = { error: [], events: [], client: [], wasSent: true };

const holders: [string, Credentials][] = [
  ["an access token", { accessToken }],
  ["an access token from a function", { accessToken: () => accessToken }],
  ["an app's secret", { appKey: "key", appSecret }],
];

describe.each(transports)("%s", (_, createClient) => {
  describe.each(holders)("%s", (_, credentials) => {
    test.each(scenarios)("is not shown after: %s", async (fault) => {
      mock.always(fault);
      expect(await leaksOf(createClient, credentials, mock.url)).toEqual(nothing);
      expect(mock.connections.made).toBeGreaterThan(0);
    });

    test("is not shown after a refused connection", async () => {
      await mock.close();
      expect(await leaksOf(createClient, credentials, mock.url)).toEqual(nothing);
    });
  });

  test.each(scenarios)("the token that was fetched with an app's secret is not shown after: %s", async (fault) => {
    await using issuing = await startMock({ token: issuedToken });
    mock = issuing;
    mock.next("issued");
    mock.always(fault);
    expect(await leaksOf(createClient, { appKey: "key", appSecret }, mock.url)).toEqual(nothing);
    expect(mock.requests[0]).toMatchObject({ operation: "getToken", scenario: "issued", answer: 200 });
  });

  test.each(["slowBody", "stall"] as const)("an aborted call shows no secret: %s", async (fault) => {
    mock.always(fault);
    const { client, events } = observeClient(createClient, { accessToken, baseUrl: mock.url });
    const error = await errorOf(makeCall(client, "addRoleGroup", { signal: AbortSignal.timeout(100) }));
    expect(error).toMatchObject({ name: "AbortError", outcome: "unknown" });
    expect(findLeaks(showError(error) + show(events) + show(client))).toEqual([]);
  });
});
