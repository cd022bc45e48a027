/** The tables of the pages, compared with the code and the description. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as client from "@dingrole/client";
import { type ErrorCode, readDescription } from "@dingrole/spec";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const readSource = (name: string) => readFileSync(join(root, `packages/client/src/${name}.ts`), "utf8");

/** The rows of the tables in a page that begin with the given text. */
function readRows(page: string, beginning: string): string[][] {
  const tables = readFileSync(join(root, page), "utf8").match(/^\|.*\n(?:\|.*\n)+/gm) ?? [];
  const rows = tables
    .filter((table) => table.startsWith(beginning))
    .flatMap((table) => table.trimEnd().split("\n").slice(2));
  return rows.map((row) =>
    row
      .split("|")
      .map((cell) => cell.trim())
      .slice(1),
  );
}

const namesIn = (cell = "") => [...cell.matchAll(/`(\w+\??)`/g)].map(([, name = ""]) => name);
const sorted = <Item>(items: Iterable<Item>) => [...new Set(items)].toSorted();

test("the tables list exactly the options of the client, of a call and of /node", async () => {
  const create = async () => client.createClient({ accessToken: "t", moon: 1 } as never);
  const call = () => client.createClient({ accessToken: "t" }).addRoleGroup({ name: "a" }, { moon: 1 } as never);
  const refusals = [await create().catch(String), await call().catch(String)].map(String);
  expect(refusals).toEqual([expect.stringContaining("TypeError"), expect.stringContaining("InputError")]);
  const known = refusals.flatMap((refusal) => refusal.match(/\w+(?=, |$)/g) ?? []);
  const listed = readRows("docs/guides/options.md", "| option |").flatMap(([names]) => namesIn(names));
  expect(sorted(listed)).toEqual(sorted([...known, "dispatcher"]));
});

test("the default of each option is the one in its types", () => {
  const types = readSource("client-options") + readSource("node");
  const defaults = [...types.matchAll(/@default (.+)\n\s*\*\/\n\s*(\w+)\?/g)];
  expect(defaults.length).toBeGreaterThan(10);
  const rows = readRows("docs/guides/options.md", "| option |");
  for (const [, value = "", name = ""] of defaults) {
    const inTable = rows.filter(([names]) => namesIn(names).includes(name)).map(([, , cell = ""]) => cell);
    expect(
      inTable.map((cell) => cell.replaceAll("`", "")),
      name,
    ).toContain(value.replaceAll("`", ""));
  }
});

test("the table lists exactly the errors that the client exports, with their fields", () => {
  const types = readSource("errors");
  const classes = Object.entries(client).filter(
    ([, each]) => typeof each === "function" && each.prototype instanceof client.DingTalkError,
  );
  const exported = classes.map(([name]) => {
    const [body = ""] = types.slice(types.indexOf(`class ${name} `)).split("constructor");
    const fields = [...body.matchAll(/readonly (\w+\??):/g)].map(([, field]) => field);
    return `${name}: ${sorted(fields.filter((field) => field !== "name")).join(", ")}`;
  });
  const listed = readRows("docs/guides/errors.md", "| error |").map(([name, , cell]) => {
    const fields = namesIn(cell).filter((field) => field !== "cause"); // A field of every Error.
    return `${namesIn(name)}: ${sorted(fields).join(", ")}`;
  });
  expect(sorted(listed)).toEqual(sorted(exported));
});

test("the codes after which a call is sent again are those of the description", () => {
  const { errorCodes } = readDescription();
  const rows = readRows("docs/guides/retries-and-duplicates.md", "| what came back |").map(([cell = ""]) =>
    (cell.match(/-?\d+(?=[,)])/g) ?? []).map(Number),
  );
  const rowWith = (code: number) => sorted(rows.find((codes) => codes.includes(code)) ?? []);
  const codesOf = (isListed: (each: ErrorCode) => boolean) =>
    sorted(errorCodes.filter(isListed).map(({ code }) => code));
  expect(rowWith(40014)).toEqual(codesOf(({ retry }) => retry === "new-token"));
  expect(rowWith(90018)).toEqual(codesOf(({ retry }) => retry === "next-second" || retry === "back-off"));
  const busy = rows.find((codes) => codes.includes(-1)) ?? [];
  expect(sorted(busy)).toEqual(codesOf(({ outcome }) => outcome === "unknown"));
});

test("the costs in README are those of the benchmark", () => {
  const rows = readRows("README.md", "| client |");
  expect(rows).toHaveLength(3);
  for (const [cell = "", cpu, gzip, start] of rows) {
    const name = /`(.+?)`/.exec(cell)?.[1];
    const [, cpus, , , size = "", time] =
      readRows("test/bench/README.md", "| | CPU at").find(([kind]) => kind === name) ?? [];
    expect([cpu, gzip, start], name).toEqual([cpus?.split(" / ")[0], `${Number.parseFloat(size).toFixed(1)} kB`, time]);
  }
});

test("the duplicates in README are those of the benchmark", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, loop] = /loop around `fetch` doubles (\d+)/.exec(readme) ?? [];
  const rows = readRows("test/bench/README.md", "| | exist twice");
  const doubled = Object.fromEntries(rows.map(([name = "", times]) => [name, times]));
  expect(doubled).toMatchObject({ ensureRoleGroup: "0", "fetch in a loop": loop });
});
