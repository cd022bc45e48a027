// A plugin of TypeDoc's: what its options cannot change.
import { Converter, IndexEvent, JSX, ReflectionKind } from "typedoc";

/** Modules are named after their files: a reader knows them by what is imported. */
const names = {
  index: "@dingrole/client",
  node: "@dingrole/client/node",
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

  // The side menu is a script's; without one it says "Loading...".
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
 * TypeDoc's search cuts off what is no Latin letter or digit at the ends of a word, and so the whole of a Chinese one. An
 * underscore it lets stand.
 */
function toWords(text) {
  return text.replaceAll(/\p{Script=Han}+/gu, " _$&_ ");
}
