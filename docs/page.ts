/** The pages that need no script: a shell for them, the error codes, and the operations in words. */
import { marked } from "marked";
import { classes, type ErrorCode, errorCodes, type Json, whole } from "./definition.ts";

export const escapeHtml = (text: unknown): string =>
  String(text).replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

const markdown = (text = "") => marked.parse(text, { async: false });

/** For search engines and for those who share a link. */
export function headOf(title: string, description: string): string {
  const [safeTitle, safeDescription] = [escapeHtml(title), escapeHtml(description)];
  return `<meta name="description" content="${safeDescription}">
<meta property="og:type" content="website">
<meta property="og:title" content="${safeTitle}">
<meta property="og:description" content="${safeDescription}">`;
}

export function errorsPage(): string {
  const title = "DingTalk error codes";
  const description = `All ${errorCodes.length} of DingTalk's global error codes: what each means, and what to do.`;
  const sections = classes.map((name) => {
    const rows = errorCodes.filter((each) => each.class === name).map(toRow);
    return `<section aria-labelledby="class-${name}"><h2 id="class-${name}">${name}</h2>
<table><thead><tr><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col">What to do</th><th scope="col">Known</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${headOf(title, description)}
<link rel="stylesheet" href="pages.css">
<script defer src="errors.js"></script>
</head>
<body>
<header><nav aria-label="Site"><a href="index.html">API</a><a href="client/index.html">Guides and client</a><a href="errors.html" aria-current="page">Error codes</a></nav></header>
<main>
<h1>${title}</h1>
<p>${description} The meanings are DingTalk's, in this project's words; the classes and the advice are this project's.</p>
<p><label for="filter">Find a code or a word</label> <input id="filter" type="search" autocomplete="off"> <output for="filter"></output></p>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

function toRow({ code, meaning, action, evidence, note }: ErrorCode): string {
  const more = note ? ` <small>${escapeHtml(note)}</small>` : "";
  return `<tr id="error-${code}"><th scope="row"><a href="#error-${code}">${code}</a></th><td>${escapeHtml(meaning)}${more}</td><td>${escapeHtml(action)}</td><td>${evidence}</td></tr>`;
}

/** The operations in words, for readers without JavaScript: Redoc prerenders its first section only. */
export function operationsInWords(): string {
  const operations = Object.entries<Json>(whole.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, operation]) => inWords(method, path, operation)),
  );
  return `<noscript><main style="padding: 2em; max-width: 60em; margin: auto">${operations.join("\n")}
<p><a href="errors.html">All error codes</a> · <a href="client/index.html">Guides and the client's reference</a></p></main></noscript>`;
}

function inWords(method: string, path: string, operation: Json): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const fields = [
    ...parameters.map((each: Json) => toField(each.name, "query", each.required, each)),
    ...Object.entries<Json>(requestBody?.content ?? {}).flatMap(([, { schema }]) =>
      Object.entries<Json>(schema.properties).map(([name, each]) =>
        toField(name, "form", schema.required?.includes(name), each),
      ),
    ),
  ];
  const answers = Object.entries<Json>(responses[200].content["application/json"].examples).map(
    ([name, each]) =>
      `<dt>${escapeHtml(name)}: ${escapeHtml(each.summary)}</dt><dd><pre>${escapeHtml(JSON.stringify(each.value))}</pre></dd>`,
  );
  return `<section><h2>${escapeHtml(summary)}</h2><p><code>${method.toUpperCase()} ${escapeHtml(path)}</code> (${operationId})</p>
${markdown(description)}<h3>Fields</h3><dl>${fields.join("")}</dl><h3>Answers</h3><dl>${answers.join("")}</dl></section>`;
}

function toField(name: string, where: string, isRequired: boolean, { description }: Json): string {
  return `<dt><code>${escapeHtml(name)}</code> in the ${where}${isRequired ? ", required" : ""}</dt><dd>${markdown(description)}</dd>`;
}
