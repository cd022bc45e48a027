import { operations } from "./generated/operations.ts";
import { type Answer, observedClient } from "./observed-client.test-helper.ts";
import type { Operation } from "./operation.ts";

/** Operations that no description has. They show each concept of the table alone. */
const fixtures = {
  /** Its answer has a list that can be absent or null. */
  listThings: {
    method: "POST",
    path: "/thing/list",
    effect: "safe",
    permission: "read_things",
    form: {
      skip: { type: "integer", optional: true, default: 0 },
      count: { type: "integer", optional: true, default: 20 },
    },
    result: {
      things: { type: "array", optional: true, nullable: true, items: { type: "integer" } },
      first: {
        type: "object",
        optional: true,
        fields: { owners: { type: "array", items: { type: "object", fields: { id: { type: "integer" } } } } },
      },
    },
  },
  /** Its resend can answer a code that proves the effect. */
  removeThing: {
    method: "POST",
    path: "/thing/remove",
    effect: "idempotent",
    proves: [33011],
    form: { thing_id: { type: "integer" } },
    result: {},
  },
  giveThings: {
    method: "POST",
    path: "/thing/give",
    effect: "idempotent",
    form: {
      thingIds: { type: "array", maxItems: 3, items: { type: "integer" } },
      userIds: { type: "array", maxItems: 2, items: { type: "string", nonEmpty: true } },
    },
    result: {},
  },
  /** A call without its list has a wide effect, so the caller must write `"all"` instead. */
  limitThing: {
    method: "POST",
    path: "/thing/limit",
    effect: "idempotent",
    form: {
      thing_id: { type: "integer" },
      places: { type: "array", maxItems: 50, omitted: "all", items: { type: "integer" } },
    },
    result: {},
  },
} satisfies Record<string, Operation>;

type Call = (input?: object, options?: object) => Promise<Record<string, unknown>>;

/** Adds the operations to the table of this test file. */
export function addFixtureOperations() {
  Object.assign(operations, fixtures);
}

/** An observed client that has the operations, too. */
export function observedFixtureClient(answers: Answer[] = [{ errcode: 0 }], options = {}) {
  addFixtureOperations();
  const { client, ...observed } = observedClient(answers, options);
  return { ...observed, client: client as unknown as Record<keyof typeof fixtures, Call> };
}
