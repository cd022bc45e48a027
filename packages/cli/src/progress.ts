/** The progress of a long run: a bar on a terminal; otherwise a line every few seconds. */
import { Presets, SingleBar } from "cli-progress";
import { formatCount, formatTime, type Output } from "./output.ts";

const LINE_EVERY_MS = 5000;

export interface Progress {
  /** Counts one more group as done. */
  advance(): void;
  /** Prints a line above the bar. */
  say: Output["note"];
  end(): void;
}

export interface Plan {
  /** How many rows the file has. */
  readonly total: number;
  /** How many of these no earlier run has done. */
  readonly left: number;
  /** How many calls are sent per second. */
  readonly rate: number | false;
}

/** Estimates the time left from the speed so far, but never faster than `rate`: a run begins with a burst. */
export function tellProgress({ total, left, rate }: Plan, done: number, elapsed: number): string {
  const perSecond = Math.min((done / elapsed) * 1000 || 0, rate || Infinity);
  const time = done === 0 ? "" : `, ${formatTime(((left - done) / perSecond) * 1000)} left`;
  return `${formatCount(total - left + done)} of ${formatCount(total)}, ${perSecond.toFixed(1)}/s${time}`;
}

export function createProgress(plan: Plan, output: Output): Progress {
  const { total, left } = plan;
  const start = performance.now();
  let done = 0;
  const tell = () => tellProgress(plan, done, performance.now() - start);

  if (!output.isInteractive) {
    const timer = setInterval(() => output.note(tell()), LINE_EVERY_MS).unref();
    return { advance: () => void done++, say: output.note, end: () => clearInterval(timer) };
  }

  // A line that is wider than the terminal would be repeated below itself, so the bar gets the width that the words leave.
  const barsize = Math.max(0, Math.min(30, (process.stderr.columns || 80) - 60));
  const format = `${barsize > 0 ? "{bar} " : ""}{percentage} % · {words}`;
  // Without `linewrap`, cli-progress turns the terminal's line wrap off, and a killed process would leave it off.
  const options = { format, barsize, fps: 10, linewrap: true, gracefulExit: false, clearOnComplete: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  const draw = () => bar.start(total, total - left + done, { words: tell() });
  draw();
  return {
    advance() {
      done++;
      bar.update(total - left + done, { words: tell() });
    },
    say(words) {
      bar.stop();
      output.note(words);
      draw();
    },
    end: () => bar.stop(),
  };
}
