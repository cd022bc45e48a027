/** The languages of the samples, in the order of their tabs. */

import type { Call } from "./call.ts";
import * as csharp from "./csharp.ts";
import * as curl from "./curl.ts";
import * as go from "./go.ts";
import * as java from "./java.ts";
import * as php from "./php.ts";
import * as python from "./python.ts";
import * as typescript from "./typescript.ts";

export interface Language {
  name: string;
  extension: string;
  template: Template;
}

/** Two ways to write a call. */
interface Template {
  /** The call and its result, in 4 to 12 lines: readers see it first. */
  short: (call: Call) => string;
  /** The careful program, which handles every failure. */
  full: (call: Call) => string;
}

export const languages: readonly Language[] = [
  { name: "TypeScript", extension: "ts", template: typescript },
  { name: "curl", extension: "sh", template: curl },
  { name: "Java", extension: "java", template: java },
  { name: "Python", extension: "py", template: python },
  { name: "PHP", extension: "php", template: php },
  { name: "C#", extension: "cs", template: csharp },
  { name: "Go", extension: "go", template: go },
];
