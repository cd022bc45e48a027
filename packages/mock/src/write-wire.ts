import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Wire } from "./delivery.ts";

/** Writes to the server's side of a connection. `reset` must end the connection as a TCP reset does. */
export async function writeWire({ bytes = [], end }: Wire, socket: Duplex, reset: () => void): Promise<void> {
  await pipeline(Readable.from(bytes), socket, { end: end === "close" });
  if (end === "reset") reset();
}
