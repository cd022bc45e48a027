/**
 * Examines the permissions of the app with calls that change nothing. DingTalk's gateway refuses a call without the permission
 * before the operation reads its input (inferred). So a refusal of an id that does not exist proves the permission, too.
 */
import { randomUUID } from "node:crypto";
import { ApiError, type Client, type OperationId } from "@dingrole/client";
import type { Finding } from "./commands/doctor.ts";
import { describeError } from "./describe-error.ts";
import { idCodes, permissions } from "./generated/permissions.ts";
import { messageOf } from "./outcome.ts";

/** No role has this id: the ids of DingTalk are far smaller. */
const NO_ROLE = Number.MAX_SAFE_INTEGER;

export async function* examinePermissions(client: Client): AsyncGenerator<Finding> {
  let role = NO_ROLE;
  yield* examineBy("listRoles", "listing one role group", async () => {
    const { result } = await client.listRoles({ size: 1, offset: 0 });
    role = result.list?.[0]?.roles?.[0]?.id ?? role;
  });
  const which = role === NO_ROLE ? "a role that does not exist" : "one role";
  yield* examineBy("getRole", `reading ${which}`, () => client.getRole({ roleId: role }));
  // Neither exists. If one did, there would still be nothing to take.
  const nobody = { roleIds: [NO_ROLE], userIds: [`dingrole-doctor-${randomUUID()}`] };
  const taking = "taking a role that does not exist from a user who does not exist";
  yield* examineBy("removeRolesForMembers", taking, () => client.removeRolesForMembers(nobody));
}

/** The findings about the permissions that the operation needs. `action` says what the call does. */
async function* examineBy(id: OperationId, action: string, call: () => Promise<unknown>): AsyncGenerator<Finding> {
  const error = await call().then(
    () => undefined,
    (error) => error,
  );
  for (const [permission, { title, notes, operations }] of Object.entries(permissions))
    if (operations.includes(id)) {
      const advice = [`Request "${title}" for the app in DingTalk's console.`, ...notes].join(" ");
      yield { check: "permission", permission, ...judge(error, action, advice, idCodes[id]) };
    }
}

type Judgement = Pick<Finding, "state" | "found" | "advice">;

/** `refusals`: the codes with which the operation, and not the gateway, refuses the id. */
function judge(error: unknown, action: string, advice: string, refusals: readonly number[]): Judgement {
  if (error === undefined) return { state: "right", found: `${action} is allowed` };
  const category = error instanceof ApiError && error.category;
  if (category === "permission") return { state: "wrong", found: messageOf(error), advice };
  if (error instanceof ApiError && refusals.includes(error.errcode))
    return { state: "right", found: `${action} is allowed: only the id is refused (${error.errcode})` };
  return { state: category === "ip-allowlist" ? "wrong" : "open", found: describeError(error) };
}
