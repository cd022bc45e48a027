import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Journal, openJournal, readJournal, type Target } from "./journal.ts";
import { RefusedError } from "./outcome.ts";

const isSameOrganization = () => false;
const china = { place: "china", appKey: "dingapp", isSameOrganization };
let file: string;
const opened: Journal[] = [];
const notes: string[] = [];
const open = async (path: string, target: Target, { outcomeMs = 1, giveWayMs = 1 } = {}) => {
  const journal = await openJournal(path, target, (words) => notes.push(words), { outcomeMs, giveWayMs });
  opened.push(journal);
  return journal;
};
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
});
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "dingrole-journal-")), "groups.journal.jsonl");
});

async function write(...entries: Parameters<Awaited<ReturnType<typeof open>>["append"]>[0][]) {
  const journal = await open(file, china);
  await Promise.all(entries.map(journal.append));
  await journal.close();
}

/** The line of a run, by default on this machine. */
const run = (fields: object) => {
  const [begin = ""] = /^{"run":.*$/m.exec(existsSync(file) ? text() : "") ?? [];
  const here = begin === "" ? { host: hostname() } : JSON.parse(begin).run;
  return `{"run":${JSON.stringify({ ...here, id: "0", process: 1, at: "earlier", place: "china", app: "dingapp", ...fields })}}\n`;
};
const text = () => readFileSync(file, "utf8");
/** Makes the runs so far look like runs on another machine, whose processes this one cannot see. */
const moveElsewhere = () => writeFileSync(file, text().replaceAll(`"host":"${hostname()}"`, '"host":"elsewhere"'));

test("the next run knows every appended entry", async () => {
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

test("a group that was being sent when a run crashed has an unknown outcome", async () => {
  await write({ sending: "a" });
  expect((await readJournal(file, china)).get("a")?.state).toBe("unknown");
});

test("the next runs ignore a line that a crash cut off", async () => {
  await write({ sending: "a" });
  appendFileSync(file, '{"created":"a","grou');
  expect((await readJournal(file, china)).get("a")?.state).toBe("unknown");
  await write({ created: "b", groupId: 1 });
  const recorded = await readJournal(file, china);
  expect([recorded.get("a")?.state, recorded.get("b")?.state]).toEqual(["unknown", "created"]);
});

test("a damaged line is refused with its number, because its group may exist", async () => {
  await write({ sending: "a" }, { created: "a", groupId: 1 });
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.with(2, '{"sendi').join("\n"));
  await expect(openJournal(file, china)).rejects.toThrow(/line 3 is damaged.*may exist/);
});

test("a file that is not a journal is refused, and not changed", async () => {
  writeFileSync(file, "name");
  await expect(openJournal(file, china)).rejects.toThrow("is not a journal: name another with --journal");
  expect(readFileSync(file, "utf8")).toBe("name");
});

test("the journal of another target is refused, and not changed", async () => {
  await write({ created: "a", groupId: 1 });
  const before = readFileSync(file, "utf8");
  await expect(openJournal(file, { ...china, place: "http://127.0.0.1:4010" })).rejects.toThrow(
    "must be a journal of http://127.0.0.1:4010, not of china: name another with --journal",
  );
  expect(readFileSync(file, "utf8")).toBe(before);
  await write({ created: "b", groupId: 2 });
});

describe("a journal of another app or another token", () => {
  const withToken = (accessToken: string): Target => ({ place: "china", accessToken, isSameOrganization });

  test.each([
    [china, { ...china, appKey: "dingother" }, "was begun with app dingapp, and this run uses app dingother"],
    [china, withToken("one"), "was begun with app dingapp, and this run uses an access token"],
    [withToken("one"), china, "was begun with an access token, and this run uses app dingapp"],
    [withToken("one"), withToken("another"), "was begun with another access token, of this or another organization"],
  ])("is refused until the user says that it is the same organization", async (first, second, difference) => {
    const journal = await open(file, first);
    await journal.append({ created: "a", groupId: 1 });
    await journal.close();
    const before = text();
    await expect(openJournal(file, second)).rejects.toThrow(difference);
    await expect(openJournal(file, second)).rejects.toThrow("For the same organization, add --same-organization");
    expect(text()).toBe(before);
    const asked: string[] = [];
    const again = await open(file, { ...second, isSameOrganization: (what) => asked.push(what) > 0 });
    expect(again.recorded.get("a")?.state).toBe("created");
    await again.close();
    expect(asked).toEqual([expect.stringContaining(difference)]);
    await (await open(file, second)).close();
  });

  test("the same token continues, and is not written to the journal", async () => {
    for (const _ of [1, 2]) {
      const journal = await open(file, withToken("canary-token"));
      await journal.append({ created: "a", groupId: 1 });
      await journal.close();
    }
    expect(text()).not.toContain("canary");
    const prints = Array.from(text().matchAll(/{"run":.*"token":"(.*?)"/g), ([, print]) => print);
    expect(new Set(prints).size, "each hash has its own salt").toBe(2);
  });

  test("a journal without a fingerprint needs the user's word", async () => {
    writeFileSync(file, `${run({ app: undefined })}{"created":"a","groupId":1}\n`);
    await expect(openJournal(file, withToken("one"))).rejects.toThrow("was begun with another access token");
  });
});

test("a journal without groups may be used for another target", async () => {
  await write();
  await (await open(file, { ...china, place: "elsewhere" })).close();
});

test("a journal of an earlier format is read", async () => {
  const begun = { process: 1, host: hostname(), at: "earlier", place: "china", app: "dingapp" };
  const entries = [
    { sending: "a" },
    { created: "a", groupId: 7 },
    { failed: "b", message: "60011" },
    { unknown: "c", message: "timeout" },
    { sending: "d" },
  ];
  writeFileSync(file, [{ run: begun }, ...entries, { end: begun }].map((each) => JSON.stringify(each)).join("\n"));
  const { recorded } = await open(file, china);
  expect(["a", "b", "c", "d"].map(recorded.get)).toEqual([
    { state: "created", groupId: 7 },
    { state: "failed", message: "60011" },
    { state: "unknown", message: "timeout" },
    { state: "unknown", message: "the run ended while it was being sent" },
  ]);
});

test("a name in another Unicode form is the same name", async () => {
  await write({ created: "caf\u00e9", groupId: 1 });
  expect((await readJournal(file, china)).get("cafe\u0301")?.state).toBe("created");
});

test("a created group stays created, even if a late entry says otherwise", async () => {
  await write({ created: "a", groupId: 1 }, { sending: "a" }, { failed: "a", message: "" });
  expect((await readJournal(file, china)).get("a")?.state).toBe("created");
});

test.each([1, 4, 8])("two lines that crashes cut off, the second after %i characters, are ignored", async (length) => {
  await write({ sending: "a" });
  appendFileSync(file, `{"created":"a"\n${'{"run":{"process"'.slice(0, length)}`);
  await write({ created: "b", groupId: 1 });
  expect((await readJournal(file, china)).get("b")?.state).toBe("created");
});

test("a line that a full disk cut off is ignored", async () => {
  const journal = await open(file, china);
  await journal.append({ sending: "a" });
  appendFileSync(file, '{"created":"a"');
  await journal.close();
  expect((await readJournal(file, china)).get("a")?.state).toBe("unknown");
});

test("the byte order mark and line breaks of an editor are ignored", async () => {
  await write({ created: "a", groupId: 1 });
  writeFileSync(file, `\uFEFF${readFileSync(file, "utf8").replaceAll("\n", "\r\n")}`);
  expect((await readJournal(file, china)).get("a")?.state).toBe("created");
});

test("a second run gives way to a process that is alive, and says how to continue", async () => {
  await write();
  const other = spawn(process.execPath, ["--eval", "setTimeout(() => {}, 60_000)"]);
  await once(other, "spawn");
  const [, started] = /\) (?:\S+ ){19}(\S+)/.exec(readFileSync(`/proc/${other.pid}/stat`, "utf8")) ?? [];
  writeFileSync(file, run({ process: other.pid, started }));
  await expect(openJournal(file, china)).rejects.toThrow(
    new RegExp(`in use by process ${other.pid} on ${hostname()}, since earlier: wait.*remove its line`),
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  await (await open(file, china)).close();
});

test("a process that reuses the number of an ended one is not taken for it", async () => {
  await write();
  writeFileSync(file, `${run({ process: process.ppid, started: "1" })}{"sending":"a","by":"0"}\n`);
  const journal = await open(file, china);
  expect(journal.recorded.get("a")).toEqual({ state: "unknown", message: "the run ended while it was being sent" });
});

describe("a run on another machine or in another container, which may be alive or not,", () => {
  test("is taken over and sends nothing more: the journal says so, and the error names the new run", async () => {
    const first = await open(file, china);
    moveElsewhere();
    const second = await open(file, china);
    await expect(first.append({ sending: "b" })).rejects.toThrow(
      `another run has taken over the journal ${file}: process ${process.pid} on ${hostname()}, since 20`,
    );
    expect((await readJournal(file, china)).get("b")).toBeUndefined();
    await second.append({ sending: "b" });
    await second.append({ created: "b", groupId: 2 });
    expect((await readJournal(file, china)).get("b")?.state).toBe("created");
  });

  test("has time to record the results of what it was sending", async () => {
    const first = await open(file, china);
    for (const sending of ["a", "b", "c"]) await first.append({ sending });
    moveElsewhere();
    const opening = open(file, china, { outcomeMs: 5000 });
    await expect
      .poll(() => notes.at(-1))
      .toMatch(/process \d+ on elsewhere, since .*\) was sending 3 role groups, and may not have ended.* up to 5 s/);
    await first.append({ created: "a", groupId: 1 });
    await first.append({ failed: "b", message: "refused" });
    await first.append({ unknown: "c", message: "no answer" });
    const { recorded } = await opening;
    expect(["a", "b", "c"].map(recorded.get)).toEqual([
      { state: "created", groupId: 1 },
      { state: "failed", message: "refused" },
      { state: "unknown", message: "no answer", isUnderWay: true },
    ]);
  });

  test("leaves an unknown outcome if it records nothing: this run must not resend it, the next one may", async () => {
    const first = await open(file, china);
    await first.append({ sending: "a" });
    moveElsewhere();
    const message = expect.stringMatching(
      /^another run \(process \d+ on elsewhere, since .*\) was sending it, and has not recorded/,
    );
    expect((await readJournal(file, china)).get("a")).toEqual({ state: "unknown", message, isUnderWay: true });
    const second = await open(file, china);
    expect(second.recorded.get("a")).toEqual({ state: "unknown", message, isUnderWay: true });
    await second.close();
    const third = await open(file, china);
    expect(third.recorded.get("a")).toEqual({ state: "unknown", message });
  });

  test.each([
    ["on a host of the same name, in another namespace", { pids: "another boot pid:[1]" }],
    ["in the format of an earlier release", { pids: undefined, id: undefined }],
  ])("may be %s", async (_, fields) => {
    await write();
    writeFileSync(file, `${run({ process: process.pid, ...fields })}{"sending":"a"}\n`);
    expect((await open(file, china)).recorded.get("a")).toMatchObject({ isUnderWay: true });
  });

  test("cannot overrule a later run with late entries, except with `created`", async () => {
    const first = await open(file, china);
    for (const sending of ["a", "b", "c"]) await first.append({ sending });
    moveElsewhere();
    const second = await open(file, china);
    for (const sending of ["a", "b"]) await second.append({ sending });
    await first.append({ failed: "a", message: "" });
    await first.append({ created: "b", groupId: 1 });
    await first.append({ failed: "c", message: "" });
    await expect(first.append({ sending: "a" })).rejects.toThrow("another run");
    const recorded = await readJournal(file, china);
    expect(["a", "b", "c"].map((name) => recorded.get(name)?.state)).toEqual(["unknown", "created", "unknown"]);
  });

  test("leaves an unknown outcome unknown if it was stopped before the resend", async () => {
    await write({ sending: "a" }, { unknown: "a", message: "timeout" });
    const first = await open(file, china);
    moveElsewhere();
    await open(file, china);
    await expect(first.append({ sending: "a" })).rejects.toThrow("another run");
    expect((await readJournal(file, china)).get("a")).toEqual({ state: "unknown", message: "timeout" });
  });

  test("may have taken over and ended: the first run stops", async () => {
    const first = await open(file, china);
    appendFileSync(file, run({ host: "elsewhere" }) + run({ host: "elsewhere" }).replace('"run"', '"end"'));
    await expect(first.append({ sending: "a" })).rejects.toThrow("another run has taken over the journal");
  });

  test("takes nothing over if it gives way at once", async () => {
    const first = await open(file, china, { giveWayMs: 2000 });
    appendFileSync(file, run({ host: "elsewhere" }));
    const sending = first.append({ sending: "a" });
    await sleep(100);
    appendFileSync(file, run({ host: "elsewhere" }).replace('"run"', '"gaveWay"'));
    await sending;
    await first.append({ sending: "b" });
  });
});

describe("a file with any content", () => {
  const states = ["sending", "created", "failed", "unknown", "unsent"] as const;
  const begin = (id: string) => `{"run":${JSON.stringify({ id, process: 1, host: "h", at: id, place: "china" })}}`;

  test.each([
    '{"created":5}',
    '{"created":"a","sending":"a"}',
    '{"created":"a","groupId":"x"}',
    '{"run":{"process":-1}}',
    '{"run":null}',
    "[]",
    "5",
  ])("with the line %s is damaged, although the line is JSON", async (line) => {
    writeFileSync(file, `${begin("1")}\n${line}\n${begin("2")}\n`);
    await expect(readJournal(file, china)).rejects.toThrow("line 2 is damaged: its role group may exist");
  });

  test("is read or refused, and every error is a message for the user", async () => {
    const key = fc.constantFrom(
      ...states,
      "run",
      "end",
      "gaveWay",
      "by",
      "groupId",
      "message",
      "process",
      "host",
      "at",
    );
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("a", "1", 1, -1));
    const object = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)));
    const line = fc.oneof(
      object.map((each) => JSON.stringify(each)),
      fc.string(),
      fc.json(),
      fc.constant(begin("1")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        await writeFile(file, [begin("0"), ...lines].join("\n"));
        const recorded = await readJournal(file, { ...china, isSameOrganization: () => true }).catch((error) => error);
        if (recorded instanceof Error) expect(recorded).toBeInstanceOf(RefusedError);
        else recorded.get("a");
      }),
    );
  });

  test("and any order of lines: `created` is final, otherwise the last entry of the latest run counts", async () => {
    const entry = fc.record({ state: fc.constantFrom("sending", "created", "failed", "unknown"), by: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1 }), async (entries) => {
        const lines = entries.map(({ state, by }) => JSON.stringify({ [state]: "a", by: `${by}` }));
        await writeFile(file, [begin("0"), begin("1"), begin("2"), ...lines].join("\n"));
        const latest = Math.max(...entries.map(({ by }) => by));
        const word = entries.findLast(({ by }) => by === latest)?.state;
        const recorded = await readJournal(file, { ...china, isSameOrganization: () => true });
        const isCreated = entries.some(({ state }) => state === "created");
        expect(recorded.get("a")?.state).toBe(isCreated ? "created" : word === "sending" ? "unknown" : word);
      }),
    );
  });
});

test("text from the journal cannot move the cursor", async () => {
  notes.length = 0;
  const wanted = { ...china, isSameOrganization: (difference: string) => notes.push(difference) > 0 };
  writeFileSync(file, `${run({ host: "\u001b[2J", at: "\u001b[H", app: "\u001b[31m" })}{"sending":"a"}\n`);
  await open(file, wanted);
  expect(notes).toEqual([
    expect.stringContaining("begun with app \\u{1b}[31m, "),
    expect.stringContaining("process 1 on \\u{1b}[2J, since \\u{1b}[H) was sending"),
  ]);
});

test("a journal without the line of the run itself ends the run before anything is sent", async () => {
  const journal = await open(file, china);
  writeFileSync(file, run({}));
  await expect(journal.append({ sending: "a" })).rejects.toThrow("cannot be written: lines have disappeared from it");
});

test("a moved or deleted journal ends the run before the client sends anything", async () => {
  const journal = await open(file, china);
  await journal.append({ sending: "a" });
  const before = text();
  rmSync(file);
  await expect(journal.append({ sending: "b" })).rejects.toThrow("cannot be written: ENOENT");
  const another = await open(file, china);
  renameSync(file, `${file}.saved`);
  writeFileSync(file, before);
  await expect(another.append({ sending: "b" })).rejects.toThrow("cannot be written: the file was replaced");
});

test("if a line cannot be written, it and all later lines fail, and the error names the file", async () => {
  const journal = await open(file, china);
  await journal.close();
  await expect(journal.append({ sending: "a" })).rejects.toThrow(`the journal ${file} cannot be written`);
  await expect(journal.append({ sending: "b" })).rejects.toThrow(`the journal ${file} cannot be written`);
});
