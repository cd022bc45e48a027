/** `dingrole list`: lists the role groups of the organization, and their roles. */
import { createClient } from "@dingrole/client/node";
import { paginate } from "@dingrole/client/paginate";
import { type ConnectionFlags, readCredentials, readEnvironment, readPlace } from "../connection.ts";
import { csvHeader, type Format, formatGroup, isFormula } from "../format-groups.ts";
import { type ExitCode, exitCodes, RefusedError } from "../outcome.ts";
import { createOutput, type OutputFlags, plural } from "../output.ts";

export interface ListFlags extends ConnectionFlags, OutputFlags {
  csv?: boolean;
}

const NOTE_EVERY_MS = 5000;

export async function list(flags: ListFlags): Promise<ExitCode> {
  const format = chooseFormat(flags);
  const output = createOutput(flags);
  const environment = readEnvironment(flags);
  const place = readPlace(flags, environment);
  const client = createClient({ ...place, ...(await readCredentials(environment)) });

  const ids = new Set<number>();
  const count = { roles: 0, formulas: 0, repeated: 0 };
  let header = format === "csv" ? csvHeader : "";
  const timer = setInterval(
    () => output.note(`Still reading: ${plural(ids.size, "role group")} so far`),
    NOTE_EVERY_MS,
  );
  try {
    for await (const group of paginate(client, "listRoles")) {
      const { groupId, name, roles } = group;
      if (ids.has(groupId)) {
        count.repeated++;
        continue;
      }
      ids.add(groupId);
      count.roles += roles?.length ?? 0;
      count.formulas += [name, ...(roles ?? []).map((role) => role.name)].filter(isFormula).length;
      if (!(await write(header + formatGroup[format](group)))) return exitCodes.done;
      header = "";
    }
    if (!(await write(header))) return exitCodes.done;
  } finally {
    clearInterval(timer);
  }
  output.note(`${plural(ids.size, "role group")}, ${plural(count.roles, "role")}`);
  if (count.repeated > 0)
    output.fault("The list changed while it was read, so a role group can be missing. Run it again.");
  if (format === "csv" && count.formulas > 0)
    output.note(`A spreadsheet can read ${plural(count.formulas, "name")} as a formula: import the columns as text.`);
  return exitCodes.done;
}

/** Returns whether it was written. If not, `head` has read enough, or main.ts reports the error and sets the exit code. */
const write = (text: string) =>
  new Promise<boolean>((resolve) => process.stdout.write(text, (error) => resolve(!error)));

function chooseFormat({ json, csv }: ListFlags): Format {
  if (json && csv) throw new RefusedError("--json and --csv must not both be given: use one of them");
  if (json) return "json";
  if (csv) return "csv";
  return process.stdout.isTTY ? "tree" : "lines";
}
