/** How well the facts of the description are known. */
import type { Claim } from "./description.ts";
import type { HasEvidence } from "./document.ts";

export function toClaims({ "x-evidence": evidence = [] }: HasEvidence): Claim[] {
  return [evidence].flat();
}

/** How well the facts are known, in one line: `documented; inferred: format`. */
export function toGrades(claims: readonly Claim[]): string {
  const [first, ...others] = new Set(claims.map(({ grade }) => grade));
  const subjectsOf = (grade: string) => claims.filter((each) => each.grade === grade).map(toSubject);
  return [first, ...others.map((grade) => `${grade}: ${subjectsOf(grade).join(", ")}`)].join("; ");
}

const subjects: Record<string, string> = {
  "x-aliases": "other names",
  "x-effect": "effect",
  "x-errcodes": "error codes",
  "x-permissions": "permissions",
  "x-paging": "paging",
  "x-batches": "batches",
  "x-proves-effect": "answers that prove the effect",
};

/** The part that a claim is about, in words. */
export function toSubject({ of = "all else" }: Claim): string {
  return subjects[of] ?? String(of);
}
