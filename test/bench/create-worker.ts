/** A program that creates groups with one kind of client. The benchmark tells it each name, and may kill it at any time. */
import { answerAll } from "./ask.ts";
import { type Outcome, outcomeOf } from "./creates.ts";

const [, , file = "", baseUrl, options = "{}"] = process.argv;
const { create } = await import(file);
const createGroup: (name: string) => Promise<unknown> = create(baseUrl, JSON.parse(options));

answerAll<string>((name) => createGroup(name).then(() => "created" satisfies Outcome, outcomeOf));
