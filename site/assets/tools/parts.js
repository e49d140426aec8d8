/* What the tools share: making elements, fields with their errors, the page's language, copying. */

let made = 0;

/** Make an element; `text` fills it, every other entry is an attribute, and false ones are left out. */
export function el(tag, { text, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

/** Return the words for a place: those of its language, in the form of address that it asks for. */
export function wordsFor(place, words) {
  return words[formFor(place)];
}

/** Return `en`, `de` or `de-informal`; English where the language is another. */
export function formFor(place) {
  const language = languageOf(place);
  if (language !== "de") return "en";
  return place.dataset.form === "informal" ? "de-informal" : "de";
}

/** Return the language of the text around a place, English or German. */
export function languageOf(place) {
  const code = place.closest("[lang]")?.getAttribute("lang") ?? "en";
  return code.toLowerCase().split(/[-_]/)[0] === "de" ? "de" : "en";
}

/** Make an input with its label, an optional hint, and room for an error that it is tied to. */
export function field({ label, hint, name, ...attributes }) {
  const id = `tp-tool-${++made}`;
  const input = el("input", { type: "text", id, name, ...attributes });
  const error = el("p", { class: "tp-error", id: `${id}-error`, hidden: true });
  const parts = [el("label", { class: "tp-label", for: id, text: label })];
  if (hint) {
    parts.push(el("p", { class: "tp-hint", id: `${id}-hint`, text: hint }));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return { input, error, box: el("div", { class: "tp-field" }, ...parts, input, error) };
}

/** Show an error at a field, or take it away with an empty one. */
export function complain({ input, error }, message) {
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
  error.textContent = message;
  error.hidden = !message;
  if (message) {
    input.setAttribute("aria-invalid", "true");
    described.push(error.id);
  } else {
    input.removeAttribute("aria-invalid");
  }
  if (described.length) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}

/** Make a radio button or a tick with its label. */
export function choice({ label, ...attributes }) {
  const id = `tp-tool-${++made}`;
  const input = el("input", { id, ...attributes });
  return { input, box: el("div", { class: "tp-choice" }, input, el("label", { for: id, text: label })) };
}

/** Make a group of choices with its heading. */
export function group(legend, ...boxes) {
  return el("fieldset", { class: "tp-field" }, el("legend", { class: "tp-label", text: legend }), ...boxes);
}

/** Make a button that submits nothing. */
export function button(text, act, { main = false } = {}) {
  const node = el("button", { type: "button", class: main ? "tp-button tp-button-main" : "tp-button", text });
  node.addEventListener("click", act);
  return node;
}

/** Fold the text that stood in a place up under a heading, and put the tool before it. */
export function foldPlain(place, summary) {
  const plain = el("details", { class: "tp-plain" }, el("summary", { text: summary }));
  plain.append(...place.childNodes);
  place.append(plain);
  // Somebody may have come by a link to a heading in the text.
  if (location.hash.length > 1 && plain.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)) plain.open = true;
  return plain;
}

/** Copy the text of a textarea; false where the reader has to press the keys, with the text selected. */
export async function copy(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    // No clipboard for pages without TLS, or the reader said no.
    area.focus();
    area.select();
    return document.execCommand("copy");
  }
}
