import { answerOf, follow, propertiesOf, successesOf } from "./nodes.js";
import { checkSchema } from "./schema.js";

/** Checks the answers of an operation: HTTP 200, with a success, a failure or an IP block. */
export function answerRule() {
  return {
    Operation(operation, { report, resolve, location }) {
      const { operationId: id, responses = {} } = operation;
      const at = location.child("responses").key();
      for (const status of Object.keys(responses))
        if (status !== "200")
          report({
            message: `The status of an answer must be 200, not ${status}: DingTalk answers everything with 200.`,
            location: location.child(["responses", status]).key(),
          });

      const answer = answerOf(operation);
      const refs = (answer?.schema?.oneOf ?? []).map(({ $ref }) => $ref);
      const successes = successesOf(operation, resolve, location);
      const isWhole = ["ErrorEnvelope", "IpBlock"].every((each) => refs.includes(`#/components/schemas/${each}`));
      if (successes.length !== 1 || !isWhole || refs.length !== 3)
        report({
          message: `The 200 answer of \`${id}\` must be a \`oneOf\` with a success, whose \`errcode\` is \`const: 0\` or \`anyOf: [{ type: integer, const: 0 }, { type: string, const: '0' }]\`, ErrorEnvelope and IpBlock.`,
          location: at,
        });
      for (const success of successes)
        for (const [name, schema, place] of propertiesOf(success))
          if (name !== "errcode") checkSchema(follow(schema, place, resolve), { report, resolve });

      const examples = Object.values(answer?.examples ?? {}).map((each) => String(resolve(each).node?.value?.errcode));
      if (!examples.includes("0") || examples.every((errcode) => errcode === "0"))
        report({
          message: `\`${id}\` must have named examples of a success and of a failure: the mock answers with them.`,
          location: at,
        });
    },
    MediaType({ example }, { report, location }) {
      if (example !== undefined)
        report({
          message: "Use `examples`, with a name and x-evidence, instead of `example`.",
          location: location.child("example"),
        });
    },
  };
}
