/** Makes one call of an operation on a transport, and observes its result, its events and its requests. */
import {
  type Client,
  type ClientEvent,
  type ClientOptions,
  createClient as createFetchClient,
  type DingTalkError,
} from "@dingrole/client";
import { createClient as createNodeClient, type NodeClientOptions } from "@dingrole/client/node";

export const transports = [
  ["fetch", createFetchClient],
  ["node", createNodeClient],
] as const satisfies [string, (options: ClientOptions) => Client][];

export type CreateClient = (options: ClientOptions) => Client;

export const limits = { timeout: 300, deadline: 3000 };

export type Credentials = { accessToken: string | (() => string) } | { appKey: string; appSecret: string };

/** A client with short times, and its events. */
export function observeClient(create: CreateClient, options: Credentials & Partial<NodeClientOptions>) {
  const events: ClientEvent[] = [];
  const client = create({ ...limits, onEvent: (event) => events.push(event), ...options } as ClientOptions);
  return { client, events };
}

export type OperationName = "addRoleGroup" | "getToken";

export function makeCall(client: Client, operation: OperationName, options = {}): Promise<object> {
  return operation === "getToken"
    ? client.getToken({ appkey: "key", appsecret: "secret" }, options)
    : client.addRoleGroup({ name: "制造部" }, options);
}

/** The error of a call; `undefined` if it succeeded. */
export async function errorOf(call: Promise<object>): Promise<DingTalkError | undefined> {
  return call.then(
    () => undefined,
    (error) => error,
  );
}

/** The symbol under which every undici, and Node's `fetch`, keeps the global dispatcher. */
export const globalDispatcher = Symbol.for("undici.globalDispatcher.1");
