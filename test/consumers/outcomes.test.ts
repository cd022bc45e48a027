import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { createClient } from "@dingrole/client";
import { launch } from "@dingrole/test-browser/launch.ts";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { expect, inject, test } from "vitest";
import { run } from "../run.ts";
import { type Fault, type FaultServer, type Phase, phases, startFaultServer } from "./fault-server.ts";
import { root } from "./packages.ts";
import { bun, deno, nodes, type Runtime, workerd } from "./runtimes.ts";

const programs = join(inject("installed"), "programs");

type Faults = Partial<Record<Phase, Fault>>;
/** The outcome of each create, as the client reports it. */
type Outcomes = Partial<Record<Phase, { outcome: "not-executed" | "executed" | "unknown" }>>;
/** Makes one create for each fault. */
type Meet = (server: FaultServer, faults: Faults) => Promise<Outcomes>;

/** Runs `meet` in a process. */
const meetOn =
  ({ name, command }: Runtime, entry: string): Meet =>
  async ({ env }, faults) => {
    const file = join(programs, `faults-${name}-${entry}.json`.replaceAll(/[/ ]/g, "-"));
    writeFileSync(file, JSON.stringify(faults));
    const [program, ...args] = command as [string];
    const { stdout } = await run(program, [...args, join(programs, "print-outcomes.js"), entry], {
      env: { ...env, FAULTS: file },
      cwd: programs,
    });
    return JSON.parse(stdout);
  };

const meetInWorker: Meet = async ({ authority }, faults) => {
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle(
      "export default { fetch: async (request) => Response.json(await meet(await request.json())) };",
      ["workerd", "worker", "browser"],
    ),
    compatibilityDate: "2026-07-01",
    outboundService: {
      network: {
        allow: ["private", "public"],
        tlsOptions: { trustBrowserCas: true, trustedCertificates: [authority] },
      },
    },
    handleRuntimeStdio: () => {}, // workerd prints each failure.
  });
  try {
    const answer = await miniflare.dispatchFetch("http://worker", { method: "POST", body: JSON.stringify(faults) });
    return (await answer.json()) as Outcomes;
  } finally {
    await miniflare.dispose();
  }
};

const meetInPage: Meet = async ({ env, certificate }, faults) => {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  const trusted = createHash("sha256").update(key).digest("base64");
  const browser = await launch(`--ignore-certificate-errors-spki-list=${trusted}`);
  try {
    const tab = await browser.newPage({ proxy: { server: env.HTTPS_PROXY, bypass: env.NO_PROXY } });
    await tab.addScriptTag({ content: await bundle("globalThis.meet = meet;", ["browser"]), type: "module" });
    return await tab.evaluate((all) => (globalThis as never as { meet(all: Faults): Outcomes }).meet(all), faults);
  } finally {
    await browser.close();
  }
};

/** Bundles a program that exports `meet(faults)`. */
async function bundle(program: string, conditions: string[]): Promise<string> {
  const contents = `
    import { createClient } from "@dingrole/client";
    import { outcomesOf } from "./outcomes.js";
    const meet = (faults) => outcomesOf(createClient, faults);
    ${program}`;
  const stdin = { contents, resolveDir: programs };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    tsconfigRaw: "{}", // The `paths` of this folder's tsconfig.json lead to the sources.
    format: "esm",
    conditions,
    write: false,
  });
  return outputFiles[0]?.text as string;
}

// This Deno may read the file with the faults, and may call more than the mock.
const freeDeno: Runtime = { ...deno, command: deno.command && [deno.command[0], "run", "--allow-all"] };

const clients: { runtime: string; entry: string; meet: Meet }[] = [
  // The first is the machine's own Node, which can have any version.
  ...nodes.slice(1).flatMap((node) => [
    { ...node, entry: "@dingrole/client" },
    { ...node, entry: "@dingrole/client/node" },
  ]),
  { ...bun, entry: "@dingrole/client" },
  { ...freeDeno, entry: "@dingrole/client" },
]
  .filter(({ command }) => command !== undefined)
  .map((runtime) => ({ runtime: runtime.name, entry: runtime.entry, meet: meetOn(runtime, runtime.entry) }));
if (workerd.command) clients.push({ runtime: workerd.name, entry: "@dingrole/client", meet: meetInWorker });
clients.push({ runtime: "Chromium", entry: "@dingrole/client", meet: meetInPage });

/** Only Node can set the addresses of a name, and workerd cannot use a proxy. */
function faultsFor(runtime: string, { faults }: FaultServer): Faults {
  const text = JSON.stringify(faults);
  const all: Faults = JSON.parse(runtime.includes("Node") ? text : text.replace("both.invalid", "localhost"));
  // If a proxy closes the connection, this fails at once. Other clients reconnect until the timeout, so theirs is short.
  if (/Node 26|Deno/.test(runtime)) delete all.proxyCloses?.timeout;
  const isMet = (phase: string) => runtime !== workerd.name || !phase.startsWith("proxy");
  return Object.fromEntries(Object.entries(all).filter(([phase]) => isMet(phase)));
}

/** The guide's table: for each phase and runtime, the claimed outcome and whether the create was carried out. */
const guide = readFileSync(join(root, "docs/guides/retries-and-duplicates.md"), "utf8");
const [columns = [], , ...rows] = guide
  .slice(guide.indexOf("| what happens |"))
  .split("\n")
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));

function rowOf(phase: Phase): (column: string) => string {
  const row = rows.find(([words]) => words === phases[phase]);
  return (column) => row?.[columns.indexOf(column)] ?? `no row or column for "${phases[phase]}", ${column}`;
}

const columnOf = (runtime: string, entry: string) =>
  entry.endsWith("/node")
    ? "`/node`"
    : runtime.includes("Node")
      ? "Node's `fetch`"
      : runtime.replace("Cloudflare's ", "");

const claims = { "not-executed": "no", executed: "yes", unknown: "?" };

test.concurrent.each(clients)(
  "$entry on $runtime reports the outcome of a create correctly",
  async ({ runtime, entry, meet }) => {
    const server = await startFaultServer();
    try {
      const outcomes = await meet(server, faultsFor(runtime, server));
      for (const phase of Object.keys(phases) as Phase[]) {
        const row = rowOf(phase);
        const cell = row(columnOf(runtime, entry));
        // Cells such as "?, Node 26: no" and "yes, **twice**".
        const claim = cell.split(`${runtime}: `)[1] ?? cell.split(",")[0];
        const times = row("carried out") === "no" ? 0 : cell.includes("twice") ? 2 : 1;
        const outcome = outcomes[phase]?.outcome;
        expect([outcome ? claims[outcome] : "–", server.executed[phase]], phase).toEqual([claim, times]);
      }
    } finally {
      await server.close();
    }
  },
);

test("a TLS error after the request proves nothing: a fetch on node:https sends the create once", async () => {
  const server = await startFaultServer();
  const thrown: unknown[] = [];
  const fetch = (url: string, { method, headers, body }: { method: string; headers: object; body: string }) =>
    new Promise((_, reject) =>
      request(url, { method, headers: { ...headers }, ca: server.authority, maxVersion: "TLSv1.2" })
        .on("error", ({ code }: NodeJS.ErrnoException) => {
          thrown.push(code);
          reject(Object.assign(new Error("request failed"), { code }));
        })
        .end(body),
    );
  try {
    const { baseUrl, name } = server.faults.readBreaksTls;
    const client = createClient({ accessToken: "t", baseUrl, fetch: fetch as never });
    await expect(client.addRoleGroup({ name })).rejects.toMatchObject({ name: "NetworkError", outcome: "unknown" });
    expect(thrown).toEqual(["ERR_SSL_WRONG_VERSION_NUMBER"]);
    expect(server.executed.readBreaksTls).toBe(1);
  } finally {
    await server.close();
  }
});

test("no claim in the guide's table contradicts the server", () => {
  for (const phase of Object.keys(phases) as Phase[]) {
    const [, ...cells] = columns.map(rowOf(phase));
    expect(cells.join(), phase).not.toMatch(cells.at(-1) === "no" ? /yes/ : /no/);
  }
});

// If this test fails, Deno has stopped resending, and the client need not send a Blob.
test.concurrent.each([freeDeno].filter(({ command }) => command))(
  "$name resends a body that is not a Blob",
  async (runtime) => {
    const server = await startFaultServer();
    try {
      const { readCloses, readResets, reusedCloses, reusedResets, halfStatus, reusedHalfStatus } = server.faults;
      const faults = { readCloses, readResets, reusedCloses, reusedResets, halfStatus, reusedHalfStatus };
      await meetOn(runtime, "./bare-fetch.js")(server, faults);
      for (const phase of Object.keys(faults) as Phase[]) expect(server.executed[phase], phase).toBe(2);
    } finally {
      await server.close();
    }
  },
);
