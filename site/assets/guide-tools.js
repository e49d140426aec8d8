/*
 * The small tools in the guide's pages. Without JavaScript the text inside their element stays as it is.
 *
 * A page says `<div class="tp-tool" data-tool="…">`, with `data-form="informal"` where German readers are addressed
 * as “du”. The language is that of the closest element with `lang`. Nothing that is typed leaves the browser.
 *
 * Classes, laid out in `tools/tools.css` for the guide's own site and for a host's pages alike:
 * `.tp-tool-form`, `.tp-field`, `.tp-label`, `.tp-hint`, `.tp-error`, `.tp-choice` (radio or tick with its label),
 * `.tp-buttons`, `.tp-button` (`.tp-button-main` for the first), `.tp-result`, `.tp-status`, `.tp-steps` (dates),
 * `.tp-checks`, `.tp-check` (an entry of the checklist), `.tp-plain` (the text without the tool, folded up).
 * Colours come from the custom properties `--tp-tool-line`, `--tp-tool-fill`, `--tp-tool-ink` and `--tp-tool-warn`.
 * While the checklist is printed, the root element has the class `tp-print-list`.
 */

const TOOLS = {
  "thank-you-note": () => import("./tools/thank-you-note.js"),
  "follow-up-planner": () => import("./tools/follow-up-planner.js"),
  "ready-checklist": () => import("./tools/ready-checklist.js"),
};

function dress() {
  const address = new URL("./tools/tools.css", import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === address)) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    // A tool without its style is still a tool.
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
}

/** Turn every tool's text inside `root` into the tool itself. */
export async function start(root = document) {
  const places = [...root.querySelectorAll(".tp-tool[data-tool]:not([data-ready])")];
  const known = places.filter((place) => Object.hasOwn(TOOLS, place.dataset.tool));
  if (!known.length) return;
  const dressed = dress();
  for (const place of known) {
    place.dataset.ready = "soon";
    const tool = await TOOLS[place.dataset.tool]();
    await dressed;
    tool.start(place);
    place.dataset.ready = "yes";
  }
}

start();
