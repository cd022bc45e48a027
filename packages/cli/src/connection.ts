/** Which host to call, and with which credentials. A secret is never an argument: a shell's history and `ps` would show it. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { type ClientOptions, createClient } from "@dingrole/client";
import { read } from "read";
import { InterruptedError, RefusedError } from "./outcome.ts";
import { isInteractive } from "./output.ts";

export interface ConnectionFlags {
  region?: Region;
  baseUrl?: string;
  env?: string;
}

export type Region = NonNullable<ClientOptions["region"]>;
export const regions = Object.keys({ international: 0, china: 0 } satisfies Record<Region, 0>) as Region[];

export interface Place {
  readonly region: Region;
  readonly baseUrl?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const variables = {
  appKey: "DINGTALK_APP_KEY",
  appSecret: "DINGTALK_APP_SECRET",
  accessToken: "DINGTALK_ACCESS_TOKEN",
  region: "DINGTALK_REGION",
  baseUrl: "DINGTALK_BASE_URL",
} as const;

/** The process's environment, which wins over the env file. A blank variable counts as not set. */
export function readEnvironment({ env }: ConnectionFlags): Environment {
  return { ...(env !== undefined && withoutBlank(readEnvFile(env))), ...withoutBlank(process.env) };
}

function withoutBlank(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
}

function readEnvFile(file: string): Environment {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RefusedError(`--env: ${(error as Error).message}`);
  }
  // Node 24 takes the next line as the value if only spaces follow the equals sign.
  const set = parseEnv(text.replace(/^\uFEFF/, "").replace(/=[^\S\n]+$/gm, "="));
  if (!Object.values(variables).some((name) => set[name]))
    throw new RefusedError(
      `--env: ${file} must have a line NAME=value for one of ${Object.values(variables).join(", ")}`,
    );
  return set;
}

/** A flag wins over the environment. Among flags, and among variables, the base URL wins over the region. */
export function readPlace(flags: ConnectionFlags, environment: Environment): Place {
  const region = flags.region ?? environment[variables.region] ?? "international";
  if (!regions.includes(region as Region))
    throw new RefusedError(`${variables.region} must be ${regions.join(" or ")}, not ${JSON.stringify(region)}`);
  const baseUrl = flags.baseUrl ?? (flags.region ? undefined : environment[variables.baseUrl]);
  const place = { region: region as Region, ...(baseUrl !== undefined && { baseUrl: baseUrl.replace(/\/+$/, "") }) };
  refuseFaults({ ...place, accessToken: "none" });
  return place;
}

/** Lets the client validate. Its messages name its own options, so they are replaced by the user's variables. */
function refuseFaults(options: ClientOptions) {
  try {
    createClient(options);
  } catch (error) {
    const names: Readonly<Record<string, string>> = { ...variables, baseUrl: `--base-url (${variables.baseUrl})` };
    throw new RefusedError(
      (error as Error).message
        .replace(/^createClient: (\w+)/, (_, option: string) => names[option] ?? option)
        .replace(/, or a function.*/, ""),
    );
  }
}

export interface FoundCredentials {
  readonly appKey?: string | undefined;
  readonly appSecret?: string | undefined;
  readonly accessToken?: string | undefined;
}

type TextCredentials =
  | { readonly accessToken: string; readonly appKey?: undefined }
  | { readonly appKey: string; readonly appSecret: string; readonly accessToken?: undefined };

/** The credentials that the environment sets: all, some or none. */
export function findCredentials(environment: Environment): FoundCredentials {
  const { appKey, appSecret, accessToken } = variables;
  const names = [appKey, appSecret].filter((name) => environment[name] !== undefined);
  if (environment[accessToken] !== undefined && names.length > 0)
    throw new RefusedError(`${accessToken} and ${names.join(", ")} must not both be set: unset one of them`);
  const found = {
    appKey: environment[appKey],
    appSecret: environment[appSecret],
    accessToken: environment[accessToken],
  };
  if (found.accessToken !== undefined) refuseFaults({ accessToken: found.accessToken });
  else refuseFaults({ appKey: found.appKey ?? "none", appSecret: found.appSecret ?? "none" });
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The credentials. On a terminal, asks for missing ones. */
export async function readCredentials(environment: Environment): Promise<TextCredentials> {
  const { appKey, appSecret, accessToken } = findCredentials(environment);
  if (accessToken !== undefined) return { accessToken };
  if (appKey !== undefined && appSecret !== undefined) return { appKey, appSecret };
  if (!isInteractive()) {
    const missing = [appKey === undefined && variables.appKey, appSecret === undefined && variables.appSecret];
    throw new RefusedError(
      `missing ${missing.filter(Boolean).join(" and ")}: set it in the environment or in a file that --env names, or set ${variables.accessToken}`,
    );
  }
  const asked = {
    appKey: appKey ?? (await ask("App key (Client ID): ", false)),
    appSecret: appSecret ?? (await ask("App secret (Client Secret), not shown: ", true)),
  };
  refuseFaults(asked);
  return asked;
}

async function ask(prompt: string, silent: boolean): Promise<string> {
  const answer = await readAnswer(prompt, silent);
  if (silent) process.stderr.write("\n");
  if (answer === "") throw new RefusedError(`${prompt.replace(/[:,].*/s, "")} must not be empty`);
  return answer;
}

/** Asks a yes-or-no question. Without a terminal the answer is no. */
export async function confirm(question: string): Promise<boolean> {
  return isInteractive() && /^y(es)?$/i.test(await readAnswer(`${question} (y/N) `, false));
}

async function readAnswer(prompt: string, silent: boolean): Promise<string> {
  // After Ctrl-D `read` never settles, and nothing else keeps the process alive.
  const ended = new Promise<never>((_, reject) => process.once("beforeExit", reject));
  const answer = await Promise.race([read({ prompt, silent, output: process.stderr }), ended]).catch(() => {
    process.stderr.write("\n");
    throw new InterruptedError(); // Ctrl-C or Ctrl-D.
  });
  return answer.trim();
}
