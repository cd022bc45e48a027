/** The forms in which `dingrole list` prints a role group with its roles. */
import type { Row } from "@dingrole/client/paginate";
import { printable, toJsonLine } from "./outcome.ts";
import { paint } from "./output.ts";

type RoleGroup = Row<"listRoles">;
export type Format = "tree" | "lines" | "csv" | "json";

/** Excel reads a CSV without a byte order mark in the encoding of its country. */
export const csvHeader = "\uFEFFgroupId,group,roleId,role\n";

/** The lines of one group. */
export const formatGroup: { readonly [Each in Format]: (group: RoleGroup) => string } = {
  // The ids come first: nearly all have ten digits, so the names begin in one column, even if they contain wide characters.
  tree({ groupId, name, roles }) {
    const last = (roles?.length ?? 0) - 1;
    const ofRoles = (roles ?? []).map((role, index) => {
      const branch = index === last ? "└─" : "├─";
      return `${paint("dim", `${branch} ${role.id}`, process.stdout)} ${printable(role.name)}\n`;
    });
    const title = paint("bold", printable(name), process.stdout);
    return `${paint("dim", String(groupId), process.stdout)} ${title}\n${ofRoles.join("")}`;
  },
  lines: (group) => joinRows(toRows(group), "\t", printable),
  csv: (group) => joinRows(toRows(group), ",", quoteCsv),
  json: ({ groupId, name, roles }) =>
    `${toJsonLine({ groupId, name, roles: (roles ?? []).map(({ id, name }) => ({ id, name })) })}\n`,
};

/** One row for each role. A group without roles has a row, too. */
function toRows({ groupId, name, roles }: RoleGroup): string[][] {
  const ofRoles = roles?.length ? roles.map((role) => [String(role.id), role.name]) : [["", ""]];
  return ofRoles.map((ofRole) => [String(groupId), name, ...ofRole]);
}

const joinRows = (rows: readonly string[][], separator: string, toText: (cell: string) => string) =>
  rows.map((cells) => `${cells.map(toText).join(separator)}\n`).join("");

/** The cell is exact in a file (RFC 4180). On a terminal, a name could move the cursor. */
function quoteCsv(cell: string): string {
  const shown = process.stdout.isTTY ? printable(cell) : cell;
  return /[",\r\n]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Whether a spreadsheet may calculate the name. `formatGroup` does not change it: programs need the exact name. */
export const isFormula = (name: string) => /^[=+\-@\t\r]/.test(name);
