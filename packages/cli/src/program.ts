/** The commands, their options, and their help texts. */
import { readFileSync } from "node:fs";
import { errorCodes } from "@dingrole/client/error-codes";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type CreateFlags, create } from "./commands/create.ts";
import { type DoctorFlags, doctor } from "./commands/doctor.ts";
import { errors } from "./commands/errors.ts";
import { type ListFlags, list } from "./commands/list.ts";
import { mock } from "./commands/mock.ts";
import { type TokenFlags, token } from "./commands/token.ts";
import { scripts, suggest } from "./completion.ts";
import { regions, variables } from "./connection.ts";
import { describeError } from "./describe-error.ts";
import { type ExitCode, exitCodeOf, exitCodes, printableLines, RefusedError } from "./outcome.ts";
import type { OutputFlags } from "./output.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const environmentHelp = `
Environment (or a file that --env names):
  ${variables.appKey}, ${variables.appSecret}  the app's key and secret (Client ID, Client Secret)
  ${variables.accessToken}                 an access token, instead of key and secret
  ${variables.region}, ${variables.baseUrl}    as --region and --base-url
On a terminal, the command asks for missing credentials. A secret is never an argument.`;

const exitHelp = `
Exit codes:
  0    everything was done
  1    a call failed and was not carried out, or the doctor found a fault: it is safe to run again
  2    wrong arguments, missing credentials, a file with faults: nothing was sent
  3    the outcome of a create is unknown: look with dingrole list before you send it again
  130  interrupted`;

/** Runs one command line, without the program's name. Returns the exit code; `undefined` while the mock serves. */
export async function run(args: readonly string[]): Promise<ExitCode | undefined> {
  if (args.includes("--no-color")) process.env.NO_COLOR = "1";
  let exitCode: ExitCode | undefined;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
    const message = error instanceof RefusedError ? printableLines(error.message) : describeError(error);
    process.stderr.write(`dingrole: ${message}\n`);
    return exitCodeOf(error);
  }
}

function createProgram(end: (code: ExitCode | undefined) => void): Command {
  const program = new Command("dingrole")
    .description("DingTalk's role API on the command line. Not affiliated with DingTalk.")
    .version(version)
    .option("--no-color", noColor)
    .showHelpAfterError("See dingrole --help.")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(hideValues(text)) })
    .addHelpText("after", `${environmentHelp}\n${exitHelp}\n`);

  connected(program.command("create [names...]"))
    .summary("create role groups, by name or from a file")
    .description(
      "Creates role groups from names, or one for each row of a file. A run over a file keeps a journal beside the file. After an interruption, run the same command again: it continues, and sends no row twice.",
    )
    .option("--from <file>", `CSV with the header "name", or one JSON object per line; - is stdin`, once)
    .option(
      "--column <name>",
      "the column, or the JSON field, that has the names (default: name, the only column)",
      once,
    )
    .option(
      "--encoding <name>",
      "the file's encoding, such as gbk (default: as its byte order mark says, or UTF-8)",
      once,
    )
    .option("--allow-unusual-names", "allow names with invisible characters, and names that look the same")
    .option(
      "--journal <file>",
      "the file that records created groups (default: FILE.journal.jsonl; required for stdin and pipes)",
      once,
    )
    .option(
      "--retry-unknown",
      "send the rows with an unknown outcome again: only if you know that these groups do not exist",
    )
    .option("--same-organization", "continue a journal of another app or access token of the same organization")
    .option("--output <file>", "write the results, each id and name, to this file instead of stdout", once)
    .option("--dry-run", "list the groups that would be created, and send nothing")
    .option("--concurrency <n>", "how many calls run at once", toConcurrency, 4)
    .option(
      "--rate <n>",
      "how many calls are sent per second, or off; DingTalk's Standard edition allows 20",
      toRate,
      20,
    )
    .addHelpText(
      "after",
      example(
        "dingrole create 制造部 研发部",
        "dingrole create --from groups.csv --output ids.tsv",
        "dingrole create --from staff.csv --column 部门 --encoding gbk --dry-run",
        "dingrole create --from groups.csv --json > created.jsonl",
        "… | dingrole create --from - --journal groups.journal.jsonl",
      ) + exitHelp,
    )
    .action(async (names: string[], flags: CreateFlags) => end(await create(names, flags)));

  connected(program.command("list"))
    .summary("list the role groups and their roles")
    .description(
      "Lists the role groups and their roles, with ids: a tree on a terminal; otherwise lines of group id, group, role id and role, separated by tabs.",
    )
    .option("--csv", "CSV with the header groupId,group,roleId,role, for spreadsheets")
    .addHelpText(
      "after",
      example(
        "dingrole list",
        "dingrole list | grep 制造部",
        "dingrole list --csv > roles.csv",
        "dingrole list --json",
      ),
    )
    .action(async (flags: ListFlags) => end(await list(flags)));

  connected(program.command("token"))
    .summary("check the app's key and secret")
    .description("Checks the app's key and secret, and says how long its token is valid.")
    .option("--show", "print the token, on stdout")
    .addHelpText("after", example("dingrole token", "dingrole token --show --quiet   # prints only the token"))
    .action(async (flags: TokenFlags) => end(await token(flags)));

  printing(program.command("errors [codes-or-words...]"))
    .summary("explain an error code, and what to do")
    .description(
      "Explains DingTalk's error codes, and what to do. Finds codes by words, English or Chinese. Without arguments, lists all codes.",
    )
    .addHelpText("after", example("dingrole errors 40014", "dingrole errors -- -1", "dingrole errors permission"))
    .action((asked: string[], flags: OutputFlags) => end(errors(asked, flags)));

  connected(program.command("doctor"))
    .summary("check reachability, clock, credentials, permissions")
    .description(
      "Checks reachability, clock, credentials and each permission, and says how to fix each. It changes nothing: it lists one role group, reads one role, and takes a role that does not exist from a user who does not exist.",
    )
    .addHelpText("after", example("dingrole doctor", "dingrole doctor --region china", "dingrole doctor --json"))
    .action(async (flags: DoctorFlags) => end(await doctor(flags)));

  program
    .command("mock [options...]")
    .summary("serve a mock of the API (needs @dingrole/mock)")
    .description(
      "Serves a mock of DingTalk's API on this machine (needs @dingrole/mock). Its options: dingrole mock --help",
    )
    .helpOption(false)
    .allowUnknownOption()
    .action(async (_: string[], __: object, command: Command) => end(await mock(command.args)));

  program
    .command("completion")
    .summary("print a completion script for a shell")
    .description("Prints a completion script. Put the line of your shell from the examples into its start-up file.")
    .addArgument(new Argument("<shell>").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      example(
        'eval "$(dingrole completion bash)"',
        'eval "$(dingrole completion zsh)"',
        "dingrole completion fish | source",
      ),
    )
    .action((shell: keyof typeof scripts) => print([scripts[shell]]));

  program
    .command("complete [words...]", { hidden: true })
    .helpOption(false)
    .action((words: string[]) => print(suggest(program, words, errorCodes.keys())));
  return program;
}

function printing(command: Command): Command {
  return command
    .option("--json", "one JSON object per line, on stdout")
    .option("--no-color", noColor)
    .option("--quiet", "print only errors on stderr");
}

function connected(command: Command): Command {
  return printing(
    command
      .addOption(
        new Option("--region <region>", "which of DingTalk's hosts to call (default: international)").choices(regions),
      )
      .option("--base-url <url>", "the API's URL, instead of a region; for example, the URL of a mock")
      .option("--env <file>", "a file with NAME=value lines, for variables that the environment does not set"),
  );
}

const noColor = "print without colors, as with NO_COLOR";
const example = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;

function toConcurrency(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 100)
    throw new InvalidArgumentError("It must be a whole number from 1 to 100.");
  return count;
}

function toRate(text: string): number | false {
  if (text === "off") return false;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 to 9999, or off.");
  return Number(text);
}

/** Refuses an option that is given twice: commander would silently use the last value. */
function once(value: string, previous: string | undefined): string {
  if (previous !== undefined) throw new InvalidArgumentError("It must be given once, not twice.");
  return value;
}

/** An unknown option may carry a secret, so its value is not printed: only its name, if it looks like one. */
function hideValues(text: string): string {
  const shown = text.replace(/'(--?[^'\s=:]*)[^\n]*'/g, (_, name) =>
    /^--?[a-z-]{1,24}$/.test(name) ? `'${name}'` : "'-…'",
  );
  return /--\S*(secret|token|key)/i.test(text)
    ? `${printableLines(shown.trim())}\nA secret is never an argument: a shell's history and ps would show it. Set ${variables.appKey} and ${variables.appSecret}.\n`
    : `${printableLines(shown.trim())}\n`;
}

function print(lines: readonly string[]) {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
