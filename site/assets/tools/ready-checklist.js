/* The checklist: the entries of the lists in its place become ticks, counted, kept here if the reader likes, printed. */

import { button, choice, el, formFor, wordsFor } from "./parts.js";

const en = {
  done: (ticked, all) => (ticked === all ? `All ${all} done. You are ready.` : `${ticked} of ${all} done`),
  kept: "Your ticks are kept in this browser only. Nothing is sent.",
  lost: "This browser keeps no ticks: they are gone when you close the page.",
  print: "Print the list",
  clear: "Clear all ticks",
  cleared: "All ticks are cleared.",
};

const de = {
  done: (ticked, all) => (ticked === all ? `Alle ${all} erledigt. Sie sind bereit.` : `${ticked} von ${all} erledigt`),
  kept: "Ihre Haken bleiben nur in diesem Browser. Nichts wird gesendet.",
  lost: "Dieser Browser merkt sich keine Haken: Sie sind weg, wenn Sie die Seite schließen.",
  print: "Liste drucken",
  clear: "Alle Haken löschen",
  cleared: "Alle Haken sind gelöscht.",
};

const deInformal = {
  ...de,
  done: (ticked, all) => (ticked === all ? `Alle ${all} erledigt. Du bist bereit.` : `${ticked} von ${all} erledigt`),
  kept: "Deine Haken bleiben nur in diesem Browser. Nichts wird gesendet.",
  lost: "Dieser Browser merkt sich keine Haken: Sie sind weg, wenn du die Seite schließt.",
};

const LABELS = { en, de, "de-informal": deInformal };

/** Turn the list entries of a place into ticks. */
export function start(place) {
  const words = wordsFor(place, LABELS);
  const ticks = [...place.querySelectorAll("li")].filter((item) => !item.querySelector("ul, ol")).map(tick);
  if (!ticks.length) return;
  const memory = remember(`talentpool-checklist-${formFor(place)}`);
  const status = el("p", { class: "tp-status", role: "status" });
  const count = () => words.done(ticks.filter(({ input }) => input.checked).length, ticks.length);
  const keep = () => memory.keep(ticks.filter(({ input }) => input.checked).map(({ text }) => text));

  const before = memory.read();
  for (const { input, text } of ticks) input.checked = before.includes(text);
  place.addEventListener("change", () => {
    keep();
    status.textContent = count();
  });
  const clear = button(words.clear, () => {
    for (const { input } of ticks) input.checked = false;
    memory.forget();
    status.textContent = `${words.cleared} ${count()}`;
  });
  status.textContent = count();
  place.append(
    el("div", { class: "tp-buttons" }, button(words.print, () => print(place), { main: true }), clear),
    status,
    el("p", { class: "tp-hint", text: memory.works ? words.kept : words.lost }),
  );
}

function tick(item) {
  item.closest("ul, ol").classList.add("tp-checks");
  item.classList.add("tp-check");
  // A list with empty lines between its entries has paragraphs in them, which a label may not hold.
  for (const paragraph of item.querySelectorAll(":scope > p")) paragraph.replaceWith(...paragraph.childNodes, " ");
  const words = [...item.childNodes];
  const { input, box } = choice({ type: "checkbox", label: "" });
  box.lastChild.append(...words);
  item.append(box);
  return { input, text: item.textContent.replace(/\s+/g, " ").trim() };
}

/** Return where ticks are kept: in this browser, or nowhere where that is forbidden or full. */
function remember(key) {
  const attempt = (act, otherwise) => {
    try {
      return act() ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  const works = attempt(() => {
    localStorage.setItem(`${key}-trial`, "1");
    localStorage.removeItem(`${key}-trial`);
    return true;
  }, false);
  return {
    works,
    read: () => {
      const found = attempt(() => JSON.parse(localStorage.getItem(key)), []);
      return Array.isArray(found) ? found : [];
    },
    keep: (texts) => attempt(() => localStorage.setItem(key, JSON.stringify(texts))),
    forget: () => attempt(() => localStorage.removeItem(key)),
  };
}

/** Print the place with the heading above it, and nothing else of the page. */
function print(place) {
  const above = place.previousElementSibling;
  const parts = above?.matches("h1, h2, h3") ? [above, place] : [place];
  const path = [];
  for (let outer = place.parentElement; outer; outer = outer.parentElement) path.push(outer);
  const mark = (on) => {
    document.documentElement.classList.toggle("tp-print-list", on);
    for (const part of parts) part.classList.toggle("tp-printed", on);
    for (const outer of path) outer.classList.toggle("tp-print-path", on);
  };
  mark(true);
  window.addEventListener("afterprint", () => mark(false), { once: true });
  window.print();
}
