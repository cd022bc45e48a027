// CommonJS for every compiler from TypeScript 5.4: types with import, values with import().
import type { AddRoleGroupResult, Client } from "@dingrole/client" with { "resolution-mode": "import" };
import type { components } from "@dingrole/types" with { "resolution-mode": "import" };

export const code: components["schemas"]["ErrorEnvelope"]["errcode"] = 40014;

export async function create(name: string): Promise<AddRoleGroupResult> {
  const { createClient } = await import("@dingrole/client");
  const client: Client = createClient({ accessToken: "6d1bxxxx" });
  return client.addRoleGroup({ name });
}
