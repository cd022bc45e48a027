/**
 * The lint rules of this description, as a Redocly plugin. They check that every fact says how well it is known, and that
 * operations and error codes have the shape that the generators rely on.
 */
import { answerRule } from "./answer.js";
import { commonAnswersPreprocessor, factsDecorator } from "./bundle.js";
import { compositionsRule } from "./compositions.js";
import { documentRule, namesRule, operationsRule } from "./document.js";
import { extensionsRule, withExtensions } from "./extensions.js";
import { errorCodesRule, evidenceRule, filledInRule } from "./facts.js";
import { gatewayRule } from "./gateway.js";
import { inputRule } from "./input.js";
import { memoryRule } from "./memory.js";

/**
 * Rules also see descriptions of a wrong shape, which Redocly's `struct` refuses. If a rule throws, this reports a fault with its
 * location; otherwise the lint would end without one.
 */
function guard(visitor) {
  if (typeof visitor !== "function")
    return Object.fromEntries(Object.entries(visitor).map(([name, each]) => [name, guard(each)]));
  return (node, context) => {
    try {
      visitor(node, context);
    } catch ({ message }) {
      context.report({ message: `A rule cannot read the description here: ${message}.`, location: context.location });
    }
  };
}

const rules = {
  "filled-in": filledInRule,
  extensions: extensionsRule,
  evidence: evidenceRule,
  "error-codes": errorCodesRule,
  gateway: gatewayRule,
  document: documentRule,
  operations: operationsRule,
  names: namesRule,
  input: inputRule,
  compositions: compositionsRule,
  memory: memoryRule,
  answer: answerRule,
};

export default () => ({
  id: "dingrole",
  typeExtension: { oas3: withExtensions },
  preprocessors: { oas3: { "common-answers": () => guard(commonAnswersPreprocessor()) } },
  rules: { oas3: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, () => guard(rule())])) },
  decorators: { oas3: { "facts-in-descriptions": factsDecorator } },
});
