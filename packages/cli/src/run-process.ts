/** The process of a run: its identity, and whether it is alive. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface RunProcess {
  readonly process: number;
  /** The start time of the process, in clock ticks since the boot (Linux). */
  readonly started?: string;
  readonly host: string;
  /** The boot and the PID namespace that `process` counts in (Linux). */
  readonly pids?: string;
}

/** Two containers can have the same host name and process ids, but they have different namespaces. */
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

/** Whether the process of a run is alive; `unseen` if this machine cannot tell. */
export function look(run: RunProcess): "alive" | "gone" | "unseen" {
  if (run.host !== hostname() || run.pids !== pids) return "unseen";
  if (isAlive(run)) return "alive";
  // Only Linux proves that it is the same machine: two machines can have the same host name.
  return pids === undefined ? "unseen" : "gone";
}

function isAlive(run: RunProcess): boolean {
  const started = readStart(run.process);
  // The system has given the number to another process since, or to this one.
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
    return undefined; // Not Linux.
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
