// Prints as JSON what the client, of the entry that the argument names, says of each fault in the environment's FAULTS.
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { outcomesOf } from "./outcomes.js";

// One name has two addresses, and nothing listens at either.
const { lookup } = dns;
const both = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];
dns.lookup = (name, options, callback) =>
  name === "both.invalid" ? process.nextTick(callback, null, both) : lookup(name, options, callback);

// Node 20 reads no proxy from the environment: undici does it.
if (process.versions.node.startsWith("20.")) {
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import("undici");
  setGlobalDispatcher(new EnvHttpProxyAgent());
}

const { createClient } = await import(process.argv[2]);
const outcomes = await outcomesOf(createClient, JSON.parse(readFileSync(process.env.FAULTS, "utf8")));
process.stdout.write(JSON.stringify(outcomes), () => process.exit());
