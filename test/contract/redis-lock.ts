import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Lock } from "@dingrole/client/ensure";

/** With node-redis: `redisLock((command) => redis.sendCommand(command))`. With ioredis: `redis.call(...command)`. */
export function redisLock(send: (command: string[]) => Promise<unknown>): Lock<{ key: string; id: string }> {
  const deleteOwn = 'return redis.call("get", KEYS[1]) == ARGV[1] and redis.call("del", KEYS[1])';
  return {
    async acquire(key, ttl, signal) {
      const id = randomUUID();
      while ((await send(["SET", key, id, "NX", "PX", `${ttl}`])) !== "OK") await setTimeout(50, undefined, { signal });
      return { key, id };
    },
    release: ({ key, id }) => send(["EVAL", deleteOwn, "1", key, id]),
    isHeld: async ({ key, id }) => (await send(["GET", key])) === id,
  };
}
