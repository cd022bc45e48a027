/** Runs programs for tests. If a program fails, the error has its whole output. */
import { type ExecFileOptions, execFile, type SpawnOptions, spawn } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program to its end. Node's own error lacks stdout, where a compiler prints its errors. */
export async function run(program: string, args: readonly string[] = [], options: ExecFileOptions = {}) {
  try {
    return (await execute(program, args, options)) as { stdout: string; stderr: string };
  } catch (cause) {
    const { code, signal, stdout = "", stderr = "" } = cause as Record<"code" | "signal" | "stdout" | "stderr", string>;
    const message = `${describe(program, args)} ended with ${code ?? signal}:\n${stdout}${stderr}`;
    throw Object.assign(new Error(message, { cause }), { code, signal, stdout, stderr });
  }
}

/** Starts a program that keeps running, and waits until its output matches. */
export async function start(program: string, args: readonly string[], pattern: RegExp, options: SpawnOptions = {}) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<string>((resolve) =>
    child.once("close", (code, signal) => resolve(String(code ?? signal))),
  );
  const stop = () => {
    child.kill();
    return ended;
  };
  let printed = "";
  const match = await new Promise<RegExpExecArray>((resolve, reject) => {
    const fail = (event: string) =>
      reject(new Error(`${describe(program, args)} ${event} without printing ${pattern}:\n${printed}`));
    const timer = setTimeout(() => fail("ran for 30 s"), 30_000);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk) => {
        printed += chunk;
        const found = pattern.exec(printed);
        if (found) resolve(found);
      });
    child.once("error", reject);
    ended.then((code) => fail(`ended with ${code}`)).finally(() => clearTimeout(timer));
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { match, stop };
}

function describe(program: string, args: readonly string[]): string {
  return [program, ...args].join(" ");
}
