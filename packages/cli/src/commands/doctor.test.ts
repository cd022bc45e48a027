import { startMock } from "@dingrole/mock";
import { readDescription } from "@dingrole/spec";
import { expect, onTestFinished, test, vi } from "vitest";
import { examine, type Finding } from "./doctor.ts";

/** The findings with these variables, and no others. */
async function findWith(variables: Record<string, string>): Promise<Finding[]> {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of ["APP_KEY", "APP_SECRET", "ACCESS_TOKEN", "REGION", "BASE_URL"])
    vi.stubEnv(`DINGTALK_${name}`, variables[`DINGTALK_${name}`]);
  const findings: Finding[] = [];
  for await (const finding of examine({})) findings.push(finding);
  return findings;
}

const names = new Set(readDescription().operations.flatMap(({ permissions }) => Object.keys(permissions)));

test("there is a finding for each permission of the description", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const app = { DINGTALK_APP_KEY: "key", DINGTALK_APP_SECRET: "secret", DINGTALK_BASE_URL: mock.url };
  const findings = await findWith(app);
  expect(findings.map(({ check }) => check)).toEqual([
    "reachability",
    "clock",
    "credentials",
    ...[...names].map(() => "permission"),
  ]);
  expect(new Set(findings.flatMap(({ permission = [] }) => permission))).toEqual(names);
});
