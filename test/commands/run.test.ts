import { expect, test } from "vitest";
import { run, start } from "../run.ts";

const program = (code: string) => [process.execPath, ["--eval", code]] as const;

test("a program that fails gives an error with its whole output, of stdout and stderr", async () => {
  const failing = run(...program('console.log("why"); console.error("where"); process.exitCode = 7'));
  await expect(failing).rejects.toMatchObject({
    message: expect.stringMatching(/ ended with 7:\nwhy\nwhere\n$/),
    code: 7,
    stdout: "why\n",
    stderr: "where\n",
  });
  await expect(run("no-such-program")).rejects.toThrow("no-such-program ended with ENOENT");
});

test("a program that ends before the awaited output gives an error with its whole output", async () => {
  const ending = start(...program('console.log("why"); console.error("where"); process.exitCode = 7'), /ready/);
  await expect(ending).rejects.toThrow(/ended with 7 without printing \/ready\/:\n(why\nwhere|where\nwhy)\n$/);
  const { match, stop } = await start(
    ...program('console.log("ready: 5"); setInterval(() => {}, 1000)'),
    /ready: (\d)/,
  );
  expect(match[1]).toBe("5");
  expect(await stop()).toBe("SIGTERM");
});
