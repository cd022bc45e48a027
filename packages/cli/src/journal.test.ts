import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openJournal, readJournal } from "./journal.ts";

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "dingrole-journal-")), "groups.journal.jsonl");
});

async function write(...entries: Parameters<Awaited<ReturnType<typeof openJournal>>["append"]>[0][]) {
  const journal = await openJournal(file, "china");
  await Promise.all(entries.map(journal.append));
  await journal.close();
}

const run = (fields: object) =>
  `{"run":${JSON.stringify({ process: 1, host: hostname(), at: "earlier", target: "china", ...fields })}}\n`;

test("what was appended is known to the next run", async () => {
  await write(
    { sending: "a" },
    { sending: "b" },
    { created: "a", groupId: 7 },
    { failed: "b", message: "60011" },
    { sending: "c" },
    { unknown: "c", message: "timeout" },
  );
  expect(Object.fromEntries(await readJournal(file, "china"))).toEqual({
    a: { state: "created", groupId: 7 },
    b: { state: "failed", message: "60011" },
    c: { state: "unknown", message: "timeout" },
  });
});

test("what was being sent when a run crashed is of unknown outcome", async () => {
  await write({ sending: "a" });
  expect((await readJournal(file, "china")).get("a")?.state).toBe("unknown");
});

test("a line that a crash cut off is passed over, by the next run and by the one after it", async () => {
  await write({ sending: "a" });
  appendFileSync(file, '{"created":"a","grou');
  expect((await readJournal(file, "china")).get("a")?.state).toBe("unknown");
  await write({ created: "b", groupId: 1 });
  const recorded = await readJournal(file, "china");
  expect([recorded.get("a")?.state, recorded.get("b")?.state]).toEqual(["unknown", "created"]);
});

test("a damaged line among others is refused by its number, for its group may exist", async () => {
  await write({ sending: "a" }, { created: "a", groupId: 1 });
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.with(2, '{"sendi').join("\n"));
  await expect(openJournal(file, "china")).rejects.toThrow(/line 3 is damaged.*may exist/);
});

test("a file that is no journal is refused, and left as it is", async () => {
  writeFileSync(file, "name");
  await expect(openJournal(file, "china")).rejects.toThrow("is no journal: name another with --journal");
  expect(readFileSync(file, "utf8")).toBe("name");
});

test("the journal of one target is refused by another, and left as it is", async () => {
  await write({ created: "a", groupId: 1 });
  const before = readFileSync(file, "utf8");
  await expect(openJournal(file, "http://127.0.0.1:4010")).rejects.toThrow(
    "is the journal of china, not of http://127",
  );
  expect(readFileSync(file, "utf8")).toBe(before);
  await write({ created: "b", groupId: 2 });
});

test("a second run gives way to a process that lives, and says how to go on", async () => {
  const other = spawn(process.execPath, ["--eval", "setTimeout(() => {}, 60_000)"]);
  writeFileSync(file, run({ process: other.pid }));
  await expect(openJournal(file, "china")).rejects.toThrow(
    new RegExp(`in use by process ${other.pid} on .*, since earlier: wait.*remove line 1`),
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  const journal = await openJournal(file, "china");
  await journal.close();
});

test("of another host there is no telling: its run counts as going on until it has ended", async () => {
  writeFileSync(file, run({ host: "elsewhere" }));
  await expect(openJournal(file, "china")).rejects.toThrow("on elsewhere");
  appendFileSync(file, run({ host: "elsewhere" }).replace('"run"', '"end"'));
  await (await openJournal(file, "china")).close();
});

test("when a line cannot be written, that line and all after it fail, and name the file", async () => {
  const journal = await openJournal(file, "china");
  await journal.close();
  await expect(journal.append({ sending: "a" })).rejects.toThrow(`the journal ${file} cannot be written`);
  await expect(journal.append({ sending: "b" })).rejects.toThrow(`the journal ${file} cannot be written`);
});
