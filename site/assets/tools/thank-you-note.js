/* The thank-you note builder: answers above, the note below, yours to change, copy or mail. */

import { asked, mailAddress, SITUATIONS, writeNote } from "./note.js";
import { LABELS } from "./note-labels.js";
import { button, choice, copy, el, field, foldPlain, formFor, group } from "./parts.js";

const WAIT = 900;

/** Turn a place's text into the builder. */
export function start(place) {
  const form = formFor(place);
  const words = LABELS[form];
  foldPlain(place, words.plain);
  const questions = makeQuestions(words);
  const note = makeNote(words);
  place.prepend(questions.form, note.box);
  connect({ questions, note, words, form });
}

function makeQuestions(words) {
  const greeting = makeGreeting(words);
  const text = {
    name: field({ name: "name", label: words.name, hint: words.nameHint, autocomplete: "off" }),
    others: field({ name: "others", label: words.others, hint: words.othersHint, autocomplete: "off" }),
    job: field({ name: "job", label: words.job, hint: words.jobHint, autocomplete: "off" }),
    learnt: field({ name: "learnt", label: words.learnt, hint: words.learntHint, autocomplete: "off" }),
    phone: field({ name: "phone", label: words.phone, type: "tel", autocomplete: "tel" }),
    from: field({ name: "from", label: words.from, autocomplete: "name" }),
  };
  const situations = SITUATIONS.map((value, number) =>
    choice({ type: "radio", name: "situation", value, checked: number === 0, label: words.situations[value] }),
  );
  const ticks = Object.fromEntries(
    ["told", "kind", "disappointed", "interested", "call"].map((name) => [
      name,
      choice({ type: "checkbox", name, checked: name === "told", label: words[name] }),
    ]),
  );
  const form = el(
    "form",
    { class: "tp-tool-form", autocomplete: "off" },
    el("p", { class: "tp-hint", text: words.stays }),
    group(words.who, greeting, text.name.box, text.others.box),
    text.job.box,
    group(words.situation, ...situations.map((one) => one.box)),
    text.learnt.box,
    group(words.ticks, ...Object.values(ticks).map((one) => one.box)),
    text.phone.box,
    text.from.box,
  );
  return { form, ticks, phone: text.phone };
}

function makeGreeting(words) {
  const select = el("select", { name: "greeting" }, ...words.greetings.map((text) => el("option", { text })));
  return el("div", { class: "tp-field" }, el("label", {}, el("span", { class: "tp-label", text: words.greeting }), select));
}

function makeNote(words) {
  const made = field({ label: words.note, hint: words.noteHint, name: "note" });
  const area = el("textarea", { id: made.input.id, rows: "14", "aria-describedby": `${made.input.id}-hint` });
  made.input.replaceWith(area);
  const status = el("p", { class: "tp-status", role: "status" });
  const buttons = el("div", { class: "tp-buttons" });
  return { area, status, buttons, box: el("div", { class: "tp-result" }, made.box, buttons, status) };
}

function read({ form, ticks }) {
  const given = new FormData(form);
  const answers = Object.fromEntries(
    ["greeting", "name", "others", "job", "situation", "learnt", "phone", "from"].map((name) => [name, given.get(name)]),
  );
  for (const [name, { input }] of Object.entries(ticks)) answers[name] = input.checked;
  return answers;
}

function connect({ questions, note, words, form }) {
  let byHand = false;
  let timer = 0;
  const mail = el("a", { class: "tp-button", text: words.mail });
  const rewrite = button(words.rewrite, () => {
    byHand = false;
    write();
    note.area.focus();
  });

  const address = () => mail.setAttribute("href", mailAddress(read(questions), form, note.area.value));
  // Said once the typing has stopped, or a screen reader would never be quiet.
  const say = (text, wait = 0) => {
    clearTimeout(timer);
    timer = setTimeout(() => (note.status.textContent = text), wait);
  };
  function write() {
    const answers = read(questions);
    const open = asked(answers);
    questions.ticks.told.box.hidden = !open.told;
    questions.ticks.interested.box.hidden = !open.interested;
    questions.ticks.disappointed.box.hidden = questions.ticks.call.box.hidden = !open.feelings;
    questions.phone.box.hidden = !(open.feelings && answers.call);
    rewrite.hidden = !byHand;
    if (!byHand) note.area.value = writeNote(answers, form);
    address();
    say(byHand ? words.edited : words.fresh(note.area.value.split(/\s+/).filter(Boolean).length), WAIT);
  }

  note.buttons.append(
    button(words.copy, async () => say((await copy(note.area)) ? words.copied : words.selected), { main: true }),
    mail,
    rewrite,
    button(words.anew, () => {
      questions.form.reset();
      byHand = false;
      write();
      say(words.restarted);
      questions.form.querySelector("select").focus();
    }),
  );
  questions.form.addEventListener("submit", (event) => event.preventDefault());
  questions.form.addEventListener("input", write);
  note.area.addEventListener("input", () => {
    byHand = true;
    write();
  });
  write();
  // Nothing has changed yet that should be said.
  clearTimeout(timer);
}
