import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { openJournal, readJournal } from "./journal.ts";

const china = { place: "china", app: "dingapp" };
let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "dingrole-journal-")), "groups.journal.jsonl");
});

async function write(...entries: Parameters<Awaited<ReturnType<typeof openJournal>>["append"]>[0][]) {
  const journal = await openJournal(file, china);
  await Promise.all(entries.map(journal.append));
  await journal.close();
}

const run = (fields: object) =>
  `{"run":${JSON.stringify({ process: 1, host: hostname(), at: "earlier", ...china, ...fields })}}\n`;

test("what was appended is known to the next run", async () => {
  await write(
    { sending: "a" },
    { sending: "b" },
    { created: "a", groupId: 7 },
    { failed: "b", message: "60011" },
    { sending: "c" },
    { unknown: "c", message: "timeout" },
  );
  const recorded = await readJournal(file, china);
  expect(["a", "b", "c", "d"].map(recorded.get)).toEqual([
    { state: "created", groupId: 7 },
    { state: "failed", message: "60011" },
    { state: "unknown", message: "timeout" },
    undefined,
  ]);
});

test("what was being sent when a run crashed is of unknown outcome", async () => {
  await write({ sending: "a" });
  expect((await readJournal(file, china)).get("a")?.state).toBe("unknown");
});

test("a line that a crash cut off is passed over, by the next run and by the one after it", async () => {
  await write({ sending: "a" });
  appendFileSync(file, '{"created":"a","grou');
  expect((await readJournal(file, china)).get("a")?.state).toBe("unknown");
  await write({ created: "b", groupId: 1 });
  const recorded = await readJournal(file, china);
  expect([recorded.get("a")?.state, recorded.get("b")?.state]).toEqual(["unknown", "created"]);
});

test("a damaged line among others is refused by its number, for its group may exist", async () => {
  await write({ sending: "a" }, { created: "a", groupId: 1 });
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.with(2, '{"sendi').join("\n"));
  await expect(openJournal(file, china)).rejects.toThrow(/line 3 is damaged.*may exist/);
});

test("a file that is no journal is refused, and left as it is", async () => {
  writeFileSync(file, "name");
  await expect(openJournal(file, china)).rejects.toThrow("is no journal: name another with --journal");
  expect(readFileSync(file, "utf8")).toBe("name");
});

test("the journal of one target is refused by another, and left as it is", async () => {
  await write({ created: "a", groupId: 1 });
  const before = readFileSync(file, "utf8");
  await expect(openJournal(file, { place: "http://127.0.0.1:4010" })).rejects.toThrow(
    "is the journal of china, not of http://127",
  );
  expect(readFileSync(file, "utf8")).toBe(before);
  await write({ created: "b", groupId: 2 });
});

test("another app's journal is refused, until it is said that it is of the same organization", async () => {
  await write({ created: "a", groupId: 1 });
  for (const app of ["dingother", undefined]) {
    const other = { place: "china", ...(app && { app }) };
    await expect(openJournal(file, other)).rejects.toThrow(/is the journal of app dingapp, and this is .*--same-organ/);
    expect((await readJournal(file, { ...other, isSameOrganization: true })).get("a")?.state).toBe("created");
  }
});

test("a journal that has nothing yet binds nobody", async () => {
  await write();
  await (await openJournal(file, { place: "elsewhere" })).close();
});

test("a name in another form of Unicode is the same name", async () => {
  await write({ created: "caf\u00e9", groupId: 1 });
  expect((await readJournal(file, china)).get("cafe\u0301")?.state).toBe("created");
});

test("what is created stays so, whatever a late run writes", async () => {
  await write({ created: "a", groupId: 1 }, { sending: "a" }, { failed: "a", message: "" });
  expect((await readJournal(file, china)).get("a")?.state).toBe("created");
});

test.each([1, 4, 8])(
  "two lines that crashes cut off, the second after %i characters, are passed over",
  async (length) => {
    await write({ sending: "a" });
    appendFileSync(file, `{"created":"a"\n${'{"run":{"process"'.slice(0, length)}`);
    await write({ created: "b", groupId: 1 });
    expect((await readJournal(file, china)).get("b")?.state).toBe("created");
  },
);

test("an editor's BOM and line ends are passed over", async () => {
  await write({ created: "a", groupId: 1 });
  writeFileSync(file, `\uFEFF${readFileSync(file, "utf8").replaceAll("\n", "\r\n")}`);
  expect((await readJournal(file, china)).get("a")?.state).toBe("created");
});

test("a second run gives way to a process that lives, and says how to go on", async () => {
  const other = spawn(process.execPath, ["--eval", "setTimeout(() => {}, 60_000)"]);
  writeFileSync(file, run({ process: other.pid }));
  await expect(openJournal(file, china)).rejects.toThrow(
    new RegExp(`in use by process ${other.pid}, since earlier: wait.*remove its line`),
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  await (await openJournal(file, china)).close();
});

describe("of a run on another host there is no telling whether it lives", () => {
  test("it is taken over, and sends no more; what it has sent, it still writes down", async () => {
    const first = await openJournal(file, china);
    await first.append({ sending: "a" });
    // As it looks from a host where the first cannot be seen.
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(hostname(), "elsewhere"));
    const second = await openJournal(file, china);
    expect(second.recorded.get("a")?.state).toBe("unknown");
    await expect(first.append({ sending: "b" })).rejects.toThrow("another run has taken the journal");
    await first.append({ created: "a", groupId: 1 });
    await second.append({ sending: "b" });
    await second.append({ created: "b", groupId: 2 });
    const recorded = await readJournal(file, china);
    expect(["a", "b"].map((name) => recorded.get(name)?.state)).toEqual(["created", "created"]);
  });

  test("one that has gone on, and ended, has done what there was to do", async () => {
    const first = await openJournal(file, china);
    appendFileSync(file, run({ host: "elsewhere" }) + run({ host: "elsewhere" }).replace('"run"', '"end"'));
    await expect(first.append({ sending: "a" })).rejects.toThrow("another run has taken the journal");
  });

  test("one that gives way at once takes nothing over", async () => {
    const first = await openJournal(file, china);
    appendFileSync(file, run({ host: "elsewhere" }));
    const sending = first.append({ sending: "a" });
    await sleep(100);
    appendFileSync(file, run({ host: "elsewhere" }).replace('"run"', '"gaveWay"'));
    await sending;
    await first.append({ sending: "b" });
  });
});

test("when a line cannot be written, that line and all after it fail, and name the file", async () => {
  const journal = await openJournal(file, china);
  await journal.close();
  await expect(journal.append({ sending: "a" })).rejects.toThrow(`the journal ${file} cannot be written`);
  await expect(journal.append({ sending: "b" })).rejects.toThrow(`the journal ${file} cannot be written`);
});
