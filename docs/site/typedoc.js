// A TypeDoc plugin, for changes that have no option.
import { Converter, IndexEvent, JSX, ReflectionKind } from "typedoc";

/** TypeDoc names a module after its file. A reader knows it by the name to import. */
const names = {
  index: "@dingrole/client",
  node: "@dingrole/client/node",
  "openapi-fetch": "@dingrole/client/openapi-fetch",
  paginate: "@dingrole/client/paginate",
  batches: "@dingrole/client/batches",
  ensure: "@dingrole/client/ensure",
  "error-codes": "@dingrole/client/error-codes",
};

export function load({ converter, renderer }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (reflection.kind === ReflectionKind.Module) reflection.name = names[reflection.name] ?? reflection.name;
  });

  renderer.on(IndexEvent.PREPARE_INDEX, ({ searchResults, searchFields }) => {
    searchResults.forEach((each, index) => {
      if (each.isDocument()) searchFields[index].document = toWords(each.content.map(({ text }) => text).join("\n"));
    });
  });

  // A script fills the side menu. Without JavaScript, it would only say "Loading...".
  renderer.hooks.on("sidebar.begin", (context) => {
    const entries = [...(context.page.project.documents ?? []), ...(context.page.project.children ?? [])];
    const links = entries.map((each) =>
      JSX.createElement("li", null, JSX.createElement("a", { href: context.urlTo(each) }, each.name)),
    );
    const hide = JSX.createElement("style", null, "#tsd-nav-container { display: none }");
    return JSX.createElement("noscript", null, hide, JSX.createElement("ul", null, ...links));
  });
}

/**
 * At the ends of a word, TypeDoc's search drops each character that is not a Latin letter, a digit or an underscore, and so
 * a whole Chinese word. The underscores keep it.
 */
function toWords(text) {
  return text.replaceAll(/\p{Script=Han}+/gu, " _$&_ ");
}
