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

export function createProgress(total: number, output: Output): Progress {
  const start = performance.now();
  let done = 0;
  const tell = () => {
    const elapsed = performance.now() - start;
    const rate = (done / elapsed) * 1000;
    const left = done === 0 ? "" : `, ${formatTime(((total - done) / done) * elapsed)} left`;
    return `${formatCount(done)} of ${formatCount(total)}, ${rate.toFixed(1)}/s${left}`;
  };

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
  bar.start(total, 0, { words: tell() });
  return {
    advance: () => bar.update(++done, { words: tell() }),
    say(words) {
      bar.stop();
      output.note(words);
      bar.start(total, done, { words: tell() });
    },
    end: () => bar.stop(),
  };
}
