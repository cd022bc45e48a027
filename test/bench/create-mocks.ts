/** A process with one mock for each lane. The mocks remember the groups, and all creates of a lane go to its mock. */
import { EventEmitter, once } from "node:events";
import { type Scenario, startMock } from "@dingrole/mock";
import { answerAll } from "./ask.ts";

export type MockQuestion =
  | { ask: "url"; lane: number }
  | { ask: "next"; lane: number; scenario: string }
  /** Waits until a call has met the scenario. */
  | { ask: "met"; lane: number }
  | { ask: "pending"; lane: number }
  | { ask: "result" };

export interface MockResult {
  /** The names of the groups. */
  groups: string[];
  /** How many calls of any operation the clients have sent. */
  calls: number;
}

let calls = 0;
const lanes = await Promise.all(
  Array.from({ length: Number(process.argv[2]) }, async () => {
    const met = new EventEmitter();
    const onRequest = ({ scenario }: { scenario?: string | undefined }) => {
      calls++;
      if (scenario !== undefined) met.emit("met");
    };
    const mock = await startMock({ mode: "gateway", tokens: false, memory: true, keep: 0, onRequest });
    await fetch(mock.url); // The first request takes longer than the others, which a client's timeout must not see.
    return { mock, met, hasMet: Promise.resolve<unknown>(undefined) };
  }),
);
calls = 0;

answerAll<MockQuestion>((question) => {
  if (question.ask === "result") {
    const groups = lanes.flatMap(({ mock }) => mock.organization().roleGroups.map(({ name }) => name));
    return { groups, calls } satisfies MockResult;
  }
  const lane = lanes[question.lane] as (typeof lanes)[number];
  if (question.ask === "url") return lane.mock.url;
  if (question.ask === "pending") return lane.mock.pending;
  if (question.ask === "met") return lane.hasMet.then(() => true);
  lane.hasMet = once(lane.met, "met");
  if (question.scenario === "resetBeforeRead") calls++; // The mock does not read this call, so `onRequest` does not see it.
  lane.mock.next(question.scenario as Scenario);
  return true;
});
