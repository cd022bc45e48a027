import { envelope, follow, followPath, formType, successesOf } from "./nodes.js";

/** Checks what an operation says about paging, about batches, and about answers that prove its effect. */
export function compositionsRule() {
  return {
    Operation(operation, { report, resolve, location }) {
      const { "x-paging": paging, "x-batches": batches, "x-proves-effect": proofs } = operation;
      const at = location.child(["requestBody", "content", formType, "schema"]);
      const { node: form } = follow(operation.requestBody?.content?.[formType]?.schema, at, resolve);
      const [success] = successesOf(operation, resolve, location);
      const fieldOf = (name) => follow(form.properties?.[name], at, resolve).node;
      const check = (isRight, message, ...path) => {
        if (!isRight) report({ message, location: location.child(path) });
      };
      if (paging) checkPaging(operation, fieldOf, (path) => followPath(success, path, resolve), check);
      if (batches) checkBatches(operation, form, fieldOf, check);
      if (proofs) checkProofs(operation, success, check);
    },
  };
}

function checkPaging({ operationId: id, "x-effect": effect, "x-paging": paging }, fieldOf, answerAt, check) {
  check(effect === "safe", `\`${id}\` must be safe, because callers repeat it for each page.`, "x-paging");
  for (const key of ["offset", "size"]) {
    const { type, default: value, maximum } = fieldOf(paging[key]);
    const [isLimited, limit] = key === "size" ? [maximum >= value, " and `maximum`"] : [true, ""];
    check(
      type === "integer" && value >= 0 && isLimited,
      `\`${key}\` must name an integer of the form with \`default\`${limit}, not \`${paging[key]}\`.`,
      ...["x-paging", key],
    );
  }
  for (const [key, type, words] of [
    ["items", "array", "an array"],
    ["more", "boolean", "a boolean"],
  ])
    check(
      [answerAt(paging[key]).type].flat()[0] === type,
      `\`${key}\` must be the path of ${words} in the success, such as \`result.list\`, not \`${paging[key]}\`.`,
      ...["x-paging", key],
    );
}

function checkBatches({ operationId: id, "x-effect": effect, "x-batches": batches }, form, fieldOf, check) {
  check(
    effect !== "neither",
    `\`${id}\` must be idempotent: a batch whose outcome is unknown is sent again.`,
    "x-batches",
  );
  check(batches.length > 0, "`x-batches` must name at least one list.", "x-batches");
  for (const [index, name] of batches.entries())
    check(
      fieldOf(name).type === "array" && form.required?.includes(name) && batches.indexOf(name) === index,
      `\`x-batches\` must name different required lists of the form, not \`${name}\`.`,
      ...["x-batches", index],
    );
}

function checkProofs(operation, success, check) {
  const { operationId: id, "x-effect": effect, "x-errcodes": listed = [], "x-proves-effect": proofs } = operation;
  check(
    effect === "idempotent",
    `\`${id}\` must be idempotent, because a resend proves its effect.`,
    "x-proves-effect",
  );
  check(proofs.length > 0, "`x-proves-effect` must have at least one code.", "x-proves-effect");
  for (const [index, code] of proofs.entries())
    check(
      listed.includes(code),
      `\`x-proves-effect\` must have codes that x-errcodes lists, not ${code}.`,
      ...["x-proves-effect", index],
    );
  const [field] = (success?.node.required ?? []).filter((name) => !envelope.includes(name));
  check(
    !field,
    `The answer of \`${id}\` must not require \`${field}\`: an answer that proves the effect lacks it.`,
    "x-proves-effect",
  );
}
