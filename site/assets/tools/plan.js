/* When to follow up: dates from the day of the outcome. Days are dates without a time, kept at midnight UTC. */

const DAY = 86_400_000;
const APART = 30;
const BEFORE_THE_END = 14;

/** The earliest and the latest day that the planner takes. */
export const FIRST = "2000-01-01";
export const LAST = "2099-12-31";

/** Read `2027-01-31`; null for anything that is no day of the calendar. */
export function readDay(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!found) return null;
  const [year, month, day] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}

/** Write a day as `2027-01-31`. */
export const writeDay = (date) => date.toISOString().slice(0, 10);

/** Return the reader's own day, at the moment that is given. */
export const dayOf = (moment) => new Date(Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()));

/** Return the day so many months later; the month's last day where it has no such day (30 November + 3 = 28 February). */
export function addMonths(date, months) {
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(date.getUTCDate(), last)));
}

/** Return the last of so many months that begin on a day: 31 March for three months from 1 January. */
export function lastDay(first, months) {
  const next = addMonths(first, months);
  // A month that is too short for the day ends the time itself: 30 November + 3 = 28 February.
  return next.getUTCDate() === first.getUTCDate() ? addDays(next, -1) : next;
}

export const addDays = (date, days) => new Date(date.getTime() + days * DAY);

/** Return the day itself, or the Monday after a weekend. Holidays differ by place and are not known here. */
export function toWorkingDay(date) {
  const weekday = date.getUTCDay();
  if (weekday === 6) return addDays(date, 2);
  return weekday === 0 ? addDays(date, 1) : date;
}

const between = (one, other) => Math.abs(one - other) / DAY;

/**
 * Plan the follow-ups.
 *
 * Each step is `{ date, covers }`, with the names of what falls on it (`probation`, `two`, `three`, `six`), the one that
 * sets the date first. No two dates are less than 30 days apart: the one of the probation, two weeks before its end, is
 * kept, then the earlier is. `ends` is the probation's last day, or null. What lies before `today` takes in nothing that is
 * still to come; it is only counted, in `past`.
 */
export function plan({ outcome, starts = null, probation = null, today }) {
  const ends = starts && probation ? lastDay(starts, probation) : null;
  const wished = [
    ends && { name: "probation", date: addDays(ends, -BEFORE_THE_END) },
    { name: "two", date: addMonths(outcome, 2) },
    { name: "three", date: addMonths(outcome, 3) },
    { name: "six", date: addMonths(outcome, 6) },
  ]
    .filter(Boolean)
    .map(({ name, date }) => ({ name, date: toWorkingDay(date) }));
  const ahead = wished.filter(({ date }) => date >= today);
  const steps = [];
  for (const { name, date } of ahead) {
    const near = steps.find((step) => between(step.date, date) < APART);
    if (near) near.covers.push(name);
    else steps.push({ date, covers: [name] });
  }
  steps.sort((one, other) => one.date - other.date);
  return { steps, ends, past: wished.length - ahead.length };
}
