// Prints as JSON how the client reports each fault in the variable FAULTS. The argument names the client's entry.
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { outcomesOf } from "./outcomes.js";

// This host name has two addresses, and no server listens at them.
const { lookup } = dns;
const both = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];
dns.lookup = (name, options, callback) =>
  name === "both.invalid" ? process.nextTick(callback, null, both) : lookup(name, options, callback);

// Node 20 cannot read a proxy from the environment, but undici can.
if (process.versions.node.startsWith("20.")) {
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import("undici");
  setGlobalDispatcher(new EnvHttpProxyAgent());
}

const { createClient } = await import(process.argv[2]);
const outcomes = await outcomesOf(createClient, JSON.parse(readFileSync(process.env.FAULTS, "utf8")));
process.stdout.write(JSON.stringify(outcomes), () => process.exit());
