/** Completion of the word at the cursor: on each Tab, the shell's script runs `dingrole complete -- WORD…`. */
import type { Command } from "commander";

const bash = `_dingrole() {
  local IFS=$'\\n'
  COMPREPLY=($(dingrole complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _dingrole dingrole`;

/** Each shell completes file names if the script suggests nothing. */
export const scripts = {
  bash,
  zsh: `autoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bash}`,
  fish: `complete --command dingrole --arguments '(dingrole complete -- (commandline --tokens-expanded --cut-at-cursor)[2..] (commandline --current-token) 2>/dev/null)'`,
};

/** `words` follow the program's name. The last one is the word at the cursor, typed in part. */
export function suggest(program: Command, words: readonly string[], errorCodes: Iterable<number>): string[] {
  const current = words.at(-1) ?? "";
  return candidates(program, words, errorCodes).filter((each) => each.startsWith(current));
}

function candidates(program: Command, words: readonly string[], errorCodes: Iterable<number>): readonly string[] {
  const [name, ...rest] = words;
  const command = rest.length > 0 ? program.commands.find((each) => each.name() === name) : undefined;
  const { commands, options } = command ?? program;
  const awaiting = options.find((option) => option.required && option.long === rest.at(-2));
  if (awaiting) return awaiting.argChoices ?? [];
  if (words.at(-1)?.startsWith("-")) return [...options.map(({ long }) => long ?? ""), "--help"];
  if (!command) return name === words.at(-1) ? visible(commands) : [];
  if (command.name() === "errors") return Array.from(errorCodes, String);
  return command.registeredArguments[0]?.argChoices ?? [];
}

const visible = (commands: readonly Command[]) =>
  commands.map((command) => command.name()).filter((name) => name !== "complete");
