/** Questions to a process, and its answers. */
import type { ChildProcess } from "node:child_process";

let lastId = 0;

/** Sends a question, and returns the answer. Throws if the process ends, or if it does not answer in time. */
export function ask<Answer>(child: ChildProcess, question: unknown): Promise<Answer> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit);
      settle();
    };
    const fail = (problem: string) => end(() => reject(new Error(`${child.spawnargs.join(" ")} ${problem}`)));
    const onMessage = (message: { id: number; answer: Answer }) => {
      if (message.id === id) end(() => resolve(message.answer));
    };
    const onExit = () => fail("must keep running, but ended");
    const timer = setTimeout(() => fail("must answer within 60000 ms"), 60_000);
    child.on("message", onMessage).on("exit", onExit);
    child.send({ id, question });
  });
}

/** Answers each question of the process that started this one. */
export function answerAll<Question>(answer: (question: Question) => unknown) {
  process.on("message", async ({ id, question }: { id: number; question: Question }) => {
    process.send?.({ id, answer: await answer(question) });
  });
  process.on("disconnect", () => process.exit());
}
