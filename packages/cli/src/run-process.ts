/** The process of a run: how it is told from others, and whether it lives. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface RunProcess {
  readonly process: number;
  /** When the process was started, as Linux counts. */
  readonly started?: string;
  readonly host: string;
  /** Among which processes `process` is a number: a boot of Linux, and a PID namespace. */
  readonly pids?: string;
}

/** Two containers can have the same host name and process ids; they do not have the same namespace. */
const pids = readPids();

export function describeThisProcess(): RunProcess {
  const started = readStart(process.pid);
  return {
    process: process.pid,
    ...(started !== undefined && { started }),
    host: hostname(),
    ...(pids !== undefined && { pids }),
  };
}

/** Whether a run's process lives, as far as it can be seen from here. */
export function look(run: RunProcess): "alive" | "gone" | "unseen" {
  if (run.host !== hostname() || run.pids !== pids) return "unseen";
  if (isAlive(run)) return "alive";
  // Only Linux says that it is the same machine: two others may have the same name.
  return pids === undefined ? "unseen" : "gone";
}

function isAlive(run: RunProcess): boolean {
  const started = readStart(run.process);
  // Another process, or this one, has got the number since.
  if (started === undefined ? run.process === process.pid : started !== run.started) return false;
  try {
    process.kill(run.process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readPids(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined; // It is not Linux.
  }
}

function readStart(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
