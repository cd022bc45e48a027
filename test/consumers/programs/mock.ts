/** A use of the mock that every TypeScript from 5.4 to 7 must compile. */
import { createClient } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import {
  createMock,
  type FaultName,
  faultNames,
  fingerprint,
  type MockOptions,
  type MockServer,
  type RecordedRequest,
  type Scenario,
  startMock,
} from "@dingrole/mock";

const options: MockOptions = { mode: "gateway", onRequest: ({ violations }: RecordedRequest) => violations.length };
const next: Scenario[] = ["created", "addRoleGroup:busy", "latency:5"];

export async function play(name: string): Promise<readonly RecordedRequest[]> {
  const server: MockServer = await startMock(options);
  server.next(...next);
  await createClient({ accessToken: "6d1bxxxx", baseUrl: server.url }).addRoleGroup({ name });
  await server.close();
  const mock = await createMock();
  await createClient(mock.clientOptions).addRoleGroup({ name });
  await createFetchClient(mock.clientOptions).POST("/role/add_role_group", { body: { name } });
  return mock.requests.filter(({ token, accepted }) => token === fingerprint(accepted.join()));
}

export const isFault = (name: string): name is FaultName => (faultNames as string[]).includes(name);

// @ts-expect-error: unknown scenario
next.push("nope");
