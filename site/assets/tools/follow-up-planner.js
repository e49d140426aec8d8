/* The follow-up planner: the day of the outcome → when to write, what to say, and a file for the calendar. */

import { calendar, save } from "./calendar.js";
import { LABELS } from "./planner-labels.js";
import { button, complain, el, field, foldPlain, group, languageOf, wordsFor } from "./parts.js";
import { dayOf, FIRST, LAST, plan, readDay, writeDay } from "./plan.js";

const LONGEST = 24;

/** Turn a place's text into the planner. */
export function start(place) {
  const words = wordsFor(place, LABELS);
  foldPlain(place, words.plain);
  const fields = makeFields(words);
  const result = el("div", { class: "tp-result" });
  const status = el("p", { class: "tp-status", role: "status" });
  const form = el(
    "form",
    { class: "tp-tool-form", novalidate: true, autocomplete: "off" },
    el("p", { class: "tp-hint", text: words.stays }),
    fields.outcome.box,
    fields.about.box,
    group(words.probation, fields.starts.box, fields.months.box),
    el("div", { class: "tp-buttons" }, el("button", { type: "submit", class: "tp-button tp-button-main", text: words.go })),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = check(fields, words);
    result.replaceChildren();
    status.textContent = "";
    if (asked) show({ asked, result, status, words, language: languageOf(place) });
  });
  place.prepend(form, status, result);
}

function makeFields(words) {
  const dates = { type: "date", min: FIRST, max: LAST };
  return {
    outcome: field({ ...dates, name: "outcome", label: words.outcome, required: true }),
    about: field({ name: "about", label: words.about, hint: words.aboutHint, maxlength: "200" }),
    starts: field({ ...dates, name: "starts", label: words.starts }),
    months: field({ name: "months", label: words.months, hint: words.monthsHint, inputmode: "numeric" }),
  };
}

/** Return what was asked for, or null with an error at each wrong field and the focus on the first. */
function check(fields, words) {
  const outcome = day(fields.outcome, words) || (fields.outcome.input.value ? "" : words.missing);
  const starts = day(fields.starts, words);
  const given = fields.months.input.value.trim();
  const months = /^\d{1,2}$/.test(given) && given >= 1 && given <= LONGEST ? Number(given) : null;
  const problems = {
    outcome: typeof outcome === "string" ? outcome : "",
    starts: typeof starts === "string" ? starts : months && !starts ? words.needStart : "",
    months: given && !months ? words.wrongMonths : starts && !given ? words.needMonths : "",
  };
  for (const [name, problem] of Object.entries(problems)) complain(fields[name], problem);
  const wrong = Object.keys(problems).find((name) => problems[name]);
  if (wrong) {
    fields[wrong].input.focus();
    return null;
  }
  return { outcome, starts, probation: months, about: fields.about.input.value.trim() };
}

/** Return a field's day, null where it is empty, or what is wrong with it. */
function day({ input }, words) {
  // A browser keeps a half-typed date to itself and says only that it is none.
  if (input.validity.badInput) return words.partly;
  if (!input.value) return null;
  const date = readDay(input.value);
  if (!date) return words.partly;
  return input.value < FIRST || input.value > LAST ? words.beyond : date;
}

function show({ asked, result, status, words, language }) {
  const { steps, ends, past } = plan({ ...asked, today: dayOf(new Date()) });
  const long = new Intl.DateTimeFormat(language === "en" ? "en-GB" : "de", { dateStyle: "full", timeZone: "UTC" });
  const entries = steps.map((step) => describe(step, { words, about: asked.about, ends, long }));
  const said = [steps.length ? words.count(steps.length) : words.allPast];
  if (steps.length && past) said.push(words.past(past));
  status.textContent = said.join(" ");
  if (!steps.length) return;
  result.append(
    el("p", { class: "tp-label", text: words.heading }),
    el("ol", { class: "tp-steps" }, ...entries.map(line)),
    el("p", { class: "tp-hint", text: words.holidays }),
    el(
      "div",
      { class: "tp-buttons" },
      button(words.save, () => {
        save(calendar(entries, { now: new Date(), language }), { name: words.file, type: "text/calendar;charset=utf-8" });
        status.textContent = words.saved;
      }),
    ),
  );
}

function describe({ date, covers }, { words, about, ends, long }) {
  const what = nameOf(covers, words);
  const text = [words.write[covers[0]]];
  if (covers.includes("probation")) text.push(words.ends(long.format(ends)));
  return { date, what, title: words.title(what, about), text: text.join("\n"), shown: long.format(date) };
}

function nameOf(covers, words) {
  if (covers.join() === "two,three") return words.twoToThree;
  const [first, ...others] = covers.map((name) => words.when[name]);
  return [first, ...others.map((name) => name[0].toLowerCase() + name.slice(1))].join(` ${words.and} `);
}

function line({ date, what, text, shown }) {
  return el(
    "li",
    {},
    el("strong", {}, el("time", { datetime: writeDay(date), text: shown })),
    el("span", { class: "tp-hint", text: what }),
    ...text.split("\n").map((part) => el("p", { text: part })),
  );
}
