/** The pages that need no script: the error codes, "not found", and the operations for readers without JavaScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode, Field, Operation } from "@dingrole/spec";
import { marked } from "marked";
import {
  classes,
  commonAnswersInWords,
  commonTag,
  describe,
  description,
  ownExamples,
  placeOf,
  sendAgain,
  tokenInWords,
} from "./definition.ts";
import { guides } from "./guides.ts";
import { programsOf, programsPageOf } from "./samples.ts";
import { knownInWords } from "./sources.ts";

const { errorCodes } = description;

export const escapeHtml = (text: unknown): string =>
  String(text).replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

const markdown = (text = "") => marked.parse(text, { async: false });

const read = (file: string) => readFileSync(join(import.meta.dirname, "../browser", file), "utf8");

/** The icon, and what search engines and shared links show. */
export function headOf(title: string, description: string): string {
  const [safeTitle, safeDescription] = [escapeHtml(title), escapeHtml(description)];
  return `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(read("favicon.svg").trim())}">
<meta name="description" content="${safeDescription}">
<meta property="og:type" content="website">
<meta property="og:title" content="${safeTitle}">
<meta property="og:description" content="${safeDescription}">`;
}

export function errorsPage(): string {
  const title = "DingTalk error codes";
  const description = `All ${errorCodes.length} of DingTalk's global error codes: what each means, and what to do.`;
  const contents = classes.map(({ name, words }) => `<li><a href="#class-${name}">${escapeHtml(words)}</a></li>`);
  const heads = ["Code", "Meaning", "What to do", "Send again", "Known"].map((each) => `<th scope="col">${each}</th>`);
  const sections = classes.map(({ name, words }) => {
    const rows = errorCodes.filter((each) => each.class === name).map(toRow);
    return `<section aria-labelledby="class-${name}"><h2 id="class-${name}">${escapeHtml(words)} <small>${name}</small></h2>
<table><thead><tr>${heads.join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></section>`;
  });
  const head = `<link rel="stylesheet" href="pages.css">\n<script defer src="errors.js"></script>`;
  return shell(
    title,
    description,
    head,
    `<h1>${title}</h1>
<p>${description} The meanings are DingTalk's, in this project's words; the classes and the advice are this project's.</p>
<dl class="legend">
<div><dt>Known</dt><dd><b>documented</b>: on DingTalk's pages. <b>observed</b>: seen in a real answer. <b>inferred</b>: a conclusion of this project.</dd></div>
<div><dt>Send again</dt><dd>Whether the same call may be sent again: this project's reading. <b>no</b>: it brings the same answer until the fault is corrected. <b>look first</b>: the call may have been carried out. A <b>safe</b> call changes nothing; a repeat of an <b>idempotent</b> call changes nothing more.</dd></div>
</dl>
<p class="filter"><label for="filter">Find a code or a word</label> <input id="filter" type="search" autocomplete="off"> <output for="filter"></output></p>
<nav class="contents" aria-label="Classes of codes"><ul>${contents.join("")}</ul></nav>
${sections.join("\n")}`,
  ).replace('href="errors.html"', '$& aria-current="page"');
}

/** The full programs of an operation: what its short samples lead to. */
export function programsPage({ id, tag, summary }: Operation): string {
  const title = `${summary}: full programs`;
  const text =
    "One program in each language, which handles every failure and takes its credentials from the environment.";
  const programs = programsOf(id);
  const contents = programs.map(({ name, anchor }) => `<li><a href="#${anchor}">${escapeHtml(name)}</a></li>`);
  const sections = programs.map(
    ({ name, anchor, file, source }) =>
      `<section aria-labelledby="${anchor}"><h2 id="${anchor}">${escapeHtml(name)} <small><a href="programs/${file}" download>${file}</a></small></h2>
<pre tabindex="0"><code>${escapeHtml(source)}</code></pre></section>`,
  );
  return shell(
    title,
    text,
    '<link rel="stylesheet" href="pages.css">',
    `<h1>${escapeHtml(title)}</h1>
<p>${text} The short samples are in <a href="index.html#${placeOf(tag, id)}">the reference of ${id}</a>.</p>
<nav class="contents" aria-label="Languages"><ul>${contents.join("")}</ul></nav>
${sections.join("\n")}`,
  );
}

/** A host sends it for any path, so the style is inline, and a script finds the site's folder. */
export function notFoundPage(): string {
  const title = "Page not found";
  const description = "The site has no page at this address.";
  const main = `<h1>${title}</h1>
<p>${description} These pages lead to all others: <a href="index.html">the API</a>, <a href="client/index.html">the guides and the client</a>, <a href="errors.html">the error codes</a>.</p>
<script>
const site = location.pathname.replace(/(client\\/.*|[^/]*)$/, "");
for (const link of document.links) link.href = site + link.getAttribute("href");
</script>`;
  return shell(title, description, `<style>${read("pages.css")}</style>`, main);
}

function shell(title: string, description: string, head: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${headOf(title, description)}
${head}
</head>
<body>
<header><nav aria-label="Site"><a href="index.html">API</a><a href="client/index.html">Guides and client</a><a href="errors.html">Error codes</a></nav></header>
<main>
${main}
</main>
</body>
</html>
`;
}

function toRow(each: ErrorCode): string {
  const { code, meaning, keywords, action, evidence, note } = each;
  const words = ` <small lang="zh">${keywords.join(" ")}</small>`;
  const more = `${words}${note ? ` <small>${escapeHtml(note)}</small>` : ""}`;
  return `<tr id="error-${code}"><th scope="row"><a id="${code}" href="#error-${code}">${code}</a></th><td>${escapeHtml(meaning)}${more}</td><td>${escapeHtml(action)}</td><td data-label="Send again">${sendAgain(each)}</td><td data-label="Known">${evidence}</td></tr>`;
}

/**
 * The operations for readers without JavaScript: Redoc prerenders its first section only, and an empty screen for each of
 * the others. The links of its menu lead here.
 */
export function operationsInWords(): string {
  const tags = description.tags.map(({ name, description: text }) => {
    const sections = description.operations.filter(({ tag }) => tag === name).map(inWords);
    return `<section id="${placeOf(name)}"><h1>${escapeHtml(name)}</h1>${markdown(text)}${sections.join("\n")}</section>`;
  });
  const links = guides.map(({ title, url }) => `<li><a href="${url}">${escapeHtml(title)}</a></li>`);
  const codes = classes.map(
    ({ name, words }) =>
      `<li id="${placeOf(`Errors: ${name}`)}"><a href="errors.html#class-${name}">${escapeHtml(words)}</a></li>`,
  );
  return `<noscript><style>${withoutScript}</style><main>${tags.join("\n")}
<section id="${placeOf("Guides and client")}"><h1>Guides and client</h1><ul>${links.join("")}<li><a href="client/index.html">The client's reference</a></li></ul></section>
<section id="${placeOf(commonTag)}"><h1>${escapeHtml(commonTag)}</h1>${markdown(commonAnswersInWords())}</section>
<section><h1>Error codes</h1><ul>${codes.join("")}</ul></section></main></noscript>`;
}

/** Hides the parts that need a script. */
const withoutScript = `
[data-section-id]:empty, [data-testid="search-trigger"], #redoc button { display: none }
noscript main { padding: 2em; max-width: 60em; margin-left: max(20rem, calc(50% - 30em)) }
noscript table { display: block; overflow-x: auto; border-collapse: collapse }
noscript :is(p, li, dt) { overflow-wrap: anywhere }
noscript :is(th, td) { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid }
noscript pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media (max-width: 60rem) { noscript main { margin: auto; padding: 1em } }`;

function inWords(operation: Operation): string {
  const { id, method, path, tag, summary, needsToken, query, form = [] } = operation;
  const fields = [
    ...(needsToken ? [`<dt>In the query, required</dt><dd>${markdown(tokenInWords())}</dd>`] : []),
    ...query.map((each) => toField(each, "query")),
    ...form.map((each) => toField(each, "form")),
  ];
  const answers = ownExamples(operation).map(
    ([name, each]) =>
      `<dt>${escapeHtml(name)}: ${escapeHtml(each.summary)}</dt><dd><pre>${escapeHtml(JSON.stringify(each.value, null, 2))}</pre></dd>`,
  );
  return `<section id="${placeOf(tag, id)}"><h2>${escapeHtml(summary)}</h2><p><code>${method} ${escapeHtml(path)}</code> (${id})</p>
${markdown(describe(operation))}<h3>Fields</h3><dl>${fields.join("")}</dl><h3>Answers</h3><dl>${answers.join("")}</dl>
<p><a href="${programsPageOf(id)}">Full programs</a></p></section>`;
}

function toField({ name, isRequired, description, evidence }: Field, where: string): string {
  const text = `${description}\n\n${knownInWords(evidence)}`;
  return `<dt><code>${name}</code> in the ${where}${isRequired ? ", required" : ""}</dt><dd>${markdown(text)}</dd>`;
}
