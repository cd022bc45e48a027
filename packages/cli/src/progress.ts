/** How far a long run has come: a bar on a terminal, a line now and then elsewhere. */
import { Presets, SingleBar } from "cli-progress";
import { formatCount, formatTime, type Output } from "./output.ts";

const LINE_EVERY_MS = 5000;

export interface Progress {
  /** One more is done. */
  advance(): void;
  /** Says something above the bar. */
  say: Output["note"];
  end(): void;
}

export interface Plan {
  /** Of the whole file. */
  readonly total: number;
  /** Of these, what no earlier run has done. */
  readonly left: number;
  /** How many may be sent in any second. */
  readonly rate: number | false;
}

/** What is left takes as long as the rate allows, or as long as it has taken so far: the first burst is no measure. */
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

  // What is longer than the terminal is wide would be drawn anew below itself: the bar has what the words leave.
  const barsize = Math.max(0, Math.min(30, (process.stderr.columns || 80) - 60));
  const format = `${barsize > 0 ? "{bar} " : ""}{percentage} % · {words}`;
  // To cut a line, it would keep the terminal from wrapping: for ever, where the process is killed.
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
