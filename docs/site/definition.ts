/**
 * The description as the site shows it: each operation with its errors, its token and its samples, the sources folded; and
 * the error codes and the way to the other pages as sections.
 */
import { type Claim, type ErrorCode, type Operation, readDescription, readDocument } from "@dingrole/spec";
import { toClaims } from "@dingrole/spec/evidence";
import { languages } from "../samples/languages.ts";
import { guides } from "./guides.ts";
import { samplesOf } from "./samples.ts";
import { foldSources, knownInWords } from "./sources.ts";

export const description = readDescription();
const { operations, errorCodes, token } = description;

/** The meaning of each class of codes. The classes are this project's, not DingTalk's. */
const classWords: Record<string, string> = {
  busy: "A fault on DingTalk's side",
  credentials: "App key, secret or corpid",
  "invalid-request": "Something sent is wrong, taken or does not exist",
  "ip-allowlist": "The caller's IP is not allowed",
  other: "None of these",
  permission: "Permission, scope or authorization",
  quota: "A count, plan or allowance is used up",
  "rate-limit": "Too many calls in a time",
  success: "Success",
  token: "Access token",
  wrapper: "The code is in sub_code",
};

/** The classes of codes, each with its name and its meaning. */
export const classes = [...new Set(errorCodes.map((each) => each.class))].sort().map((name) => {
  const words = classWords[name];
  if (!words) throw new Error(`docs/site/definition.ts must have words for the class ${name} of error codes`);
  return { name, words };
});

/** Redoc's options. By default, Redoc shows samples only in languages that it knows. */
export const options = {
  disableTelemetry: true,
  codeSamples: { languages: [...languages.map(({ name }) => name), "Payload"].map((lang) => ({ lang })) },
};

/** The description as Redoc gets it. */
export function createDefinition() {
  const { "x-error-codes": _, ...document } = readDocument();
  describeNodes(document);
  const more = { name: "Guides and client", description: toLinks() };
  const common = { name: commonTag, description: commonAnswersInWords() };
  const codeTags = classes.map(({ name, words }) => ({
    name: `Errors: ${name}`,
    description: `${words}.\n\n${toTable(errorCodes.filter((each) => each.class === name))}`,
  }));
  return {
    ...document,
    tags: [...description.tags, more, common, ...codeTags],
    "x-tagGroups": [
      { name: "Operations", tags: description.tags.map(({ name }) => name) },
      { name: "Client", tags: [more.name] },
      { name: "Error codes", tags: [common, ...codeTags].map(({ name }) => name) },
    ],
  };
}

interface Node {
  operationId?: string;
  responses?: { 200: { content: Record<string, { examples: Record<string, unknown> }> } };
  description?: string;
  "x-evidence"?: Claim | Claim[];
  in?: string;
  schema?: object;
  type?: string;
  url?: string;
}

/** Says in the descriptions of operations, fields and examples what Redoc does not show by itself. */
function describeNodes(value: unknown) {
  if (typeof value !== "object" || value === null) return;
  for (const each of Object.values(value)) describeNodes(each);
  const node: Node = value;
  const operation = operations.find(({ id }) => id === node.operationId);
  if (operation) {
    const name = `\`${operation.id}\` is \`${operation.method} ${operation.path}\`.`; // The search finds it, too.
    Object.assign(node, { description: `${name}\n\n${describe(operation)}`, "x-codeSamples": samplesOf(operation) });
    const own = ownExamples(operation).map(([name]) => name);
    for (const { examples } of Object.values(node.responses?.[200].content ?? {}))
      for (const name of Object.keys(examples)) if (!own.includes(name)) delete examples[name];
  } else if (node["x-evidence"] && !node.url) {
    // The folded list of the operation has these sources.
    node.description = [node.description?.trim(), knownInWords(toClaims(node))].filter(Boolean).join("\n\n");
  }
}

export const commonTag = "Errors: answers of every call";

/** The examples of answers that the sections of the operations leave out. */
export function commonAnswersInWords(): string {
  const answers = operations.flatMap((operation) => {
    const own = ownExamples(operation).map(([name]) => name);
    return Object.entries(operation.examples)
      .filter(([name]) => !own.includes(name))
      .map(([, { summary, value, evidence }]) => {
        const json = JSON.stringify(value, null, 2);
        return `**${summary}.** ${knownInWords(evidence)}\n\n\`\`\`json\n${json}\n\`\`\``;
      });
  });
  return `Answers of the gateway to any call with a token. An operation lists its own answers only.\n\n${[...new Set(answers)].join("\n\n")}`;
}

/** The anchor of a tag or an operation, on Redoc's page and on the page without JavaScript. */
export const placeOf = (tag: string, operationId?: string) =>
  [tag.replaceAll(" ", "-"), operationId].filter(Boolean).join("/").toLowerCase();

/** The operation's description, with its token, its errors and its sources. */
export function describe(operation: Operation): string {
  const { description, evidence, needsToken, errcodes, common, effect, query, form = [], answers } = operation;
  const isOwn = ({ code }: ErrorCode) => !common.errcodes.includes(code);
  const [own, others] = [errcodes.filter(isOwn), errcodes.filter((each) => !isOwn(each))];
  const examples = [...Object.entries(operation.inputExamples), ...ownExamples(operation)];
  const parts = [
    ...query,
    ...form,
    ...answers.flatMap(({ fields = [] }) => fields),
    ...examples.map(([name, { evidence }]) => ({ name, evidence })),
  ];
  return [
    description.trim(),
    ...(needsToken ? [`**In the query, required:** ${tokenInWords()}`] : []),
    "**Error codes** that its callers meet; any other of [all codes](errors.html) may come.",
    ...(own.length > 0 ? [toTable(own, effect)] : []),
    ...(others.length > 0 ? [foldCommon(others, effect)] : []),
    foldSources(evidence, parts),
  ].join("\n\n");
}

/** The examples of answers that differ from those of similar operations. One with the permission does. */
export function ownExamples({ common, permissions, examples }: Operation) {
  const hasPermission = (value: unknown) =>
    Object.keys(permissions).some((permission) => JSON.stringify(value).includes(permission));
  return Object.entries(examples).filter(
    ([name, { value }]) => !common.examples.includes(name) || hasPermission(value),
  );
}

/** The codes of every call, in a folded part: a reader looks first for the codes that only this operation has. */
function foldCommon(codes: readonly ErrorCode[], effect: Operation["effect"]): string {
  const answers = `[Their answers](#${placeOf(commonTag)}) are the same for every call.`;
  return `<details><summary>${codes.length} codes of every call with a token: token, permission, IP, limits</summary>\n\n${answers}\n\n${toTable(codes, effect)}\n\n</details>`;
}

/** The token's parameter, and the operation that it comes from. */
export function tokenInWords(): string {
  const { id, tag } = token.issuedBy;
  return `\`${token.parameter}\`, the app's token, of [\`${id}\`](#${placeOf(tag, id)}).`;
}

const cell = (text: string) => text.replaceAll("|", "\\|");

function toTable(rows: readonly ErrorCode[], effect?: Operation["effect"]): string {
  const again = effect === undefined ? "" : " Send again |";
  return [
    `| Code | Meaning | What to do |${again}\n|---|---|---|${again && "---|"}`,
    ...rows.map((each) => {
      const { code, meaning, action } = each;
      const known = `| [${code}](errors.html#error-${code}) | ${cell(meaning)} | ${cell(action)} |`;
      return again ? `${known} ${sendAgain(each, effect)} |` : known;
    }),
  ].join("\n");
}

/** Whether a call that got the code may be sent again. A create may be only if it was surely not carried out. */
export function sendAgain({ outcome, retry }: ErrorCode, effect?: Operation["effect"]): string {
  if (retry === "new-token") return "yes, with a new token";
  if (retry === "next-second") return "yes, after 1 s";
  if (retry === "back-off") return "yes, after 1, 2, 4 s";
  if (outcome !== "unknown") return "no";
  if (effect === undefined) return "safe or idempotent: yes; a create: look first";
  return effect === "neither" ? "look first" : "yes";
}

function toLinks(): string {
  const links = guides.map(({ title, url }) => `- [${title}](${url})`);
  return `Guides to \`@dingrole/client\`:\n\n${links.join("\n")}\n\n[The client's reference](client/index.html) · [All error codes on one page](errors.html) · this description as [YAML](openapi.yaml) and [JSON](openapi.json)`;
}
