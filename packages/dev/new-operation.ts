/** `npm run new-operation NAME`: writes the skeleton of an operation into the description. Lint names each place to complete. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The description with the skeleton of an operation after all others. */
export function addOperation(description: string, id: string): string {
  if (!/^[a-z][A-Za-z0-9]*$/.test(id))
    throw new Error(`the name of an operation must be in camelCase, verb first, such as listRoles, not \`${id}\``);
  if (new RegExp(`operationId: ${id}$`, "m").test(description))
    throw new Error(
      `the name of an operation must be new, not \`${id}\`: spec/openapi.yaml has an operation of that name`,
    );
  return description.replace(/^components:/m, () => `${skeletonOf(id)}\ncomponents:`);
}

const skeletonOf = (id: string) => `  /TODO/${id}:
    post:
      operationId: ${id}
      tags: [TODO]
      summary: TODO
      description: TODO
      x-evidence: { grade: TODO, source: TODO }
      x-app-types: [TODO]
      x-permissions: { TODO: TODO }
      x-effect: TODO
      x-errcodes: [TODO]
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [TODO]
              properties:
                TODO:
                  type: TODO
                  description: TODO
                  examples: [TODO]
                  x-evidence: { grade: TODO, source: TODO }
            examples:
              TODO:
                summary: TODO
                value: { TODO: TODO }
                x-evidence: { grade: TODO, source: TODO }
      responses:
        '200':
          description: Success or failure, distinguished by \`errcode\`.
          content:
            application/json:
              schema:
                oneOf:
                  - type: object
                    required: [errcode, TODO]
                    properties:
                      errcode:
                        type: integer
                        const: 0
                        description: The return code.
                        examples: [0]
                        x-evidence: { grade: TODO, source: TODO }
                      TODO:
                        type: TODO
                        description: TODO
                        examples: [TODO]
                        x-evidence: { grade: TODO, source: TODO }
                  - $ref: '#/components/schemas/ErrorEnvelope'
                  - $ref: '#/components/schemas/IpBlock'
              examples:
                TODO:
                  summary: TODO
                  value: { errcode: 0, errmsg: ok, TODO: TODO }
                  x-evidence: { grade: TODO, source: TODO }
`;

if (import.meta.main) {
  const file = join(import.meta.dirname, "../../spec/openapi.yaml");
  try {
    const [, , id = ""] = process.argv;
    const description = addOperation(readFileSync(file, "utf8"), id);
    writeFileSync(file, description);
    const line = description.split("\n").indexOf(`      operationId: ${id}`) + 1;
    process.stdout.write(
      `spec/openapi.yaml:${line} is the new operation ${id}. Replace each TODO: \`npm run lint --workspace spec -- --format=stylish\` names the lines.\n`,
    );
  } catch (error) {
    process.stderr.write(`npm run new-operation: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
