/* A calendar file (RFC 5545) with one all-day entry per step. */

import { addDays, writeDay } from "./plan.js";

const LIMIT = 75;
const utf8 = new TextEncoder();

/** Escape a text value (3.3.11); what is neither text nor a line break goes. */
export function escapeText(text) {
  return text
    .replace(/\r\n?|\n|\u2028|\u2029/g, "\n")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ")
    .replace(/[\\;,]/g, "\\$&")
    .replace(/\n/g, "\\n");
}

/** Fold a line at 75 octets (3.1), never inside a character. */
export function fold(line) {
  const parts = [];
  let part = "";
  let size = 0;
  for (const character of line) {
    const more = utf8.encode(character).length;
    if (size + more > LIMIT) {
      parts.push(part);
      // The space that begins a continued line counts.
      [part, size] = [" ", 1];
    }
    part += character;
    size += more;
  }
  return [...parts, part].join("\r\n");
}

const day = (date) => writeDay(date).replaceAll("-", "");

function stamp(moment) {
  return `${moment.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function newId() {
  // `randomUUID` is missing on pages without TLS.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function entry({ date, title, text }, { now, language }) {
  const summary = escapeText(title);
  return [
    "BEGIN:VEVENT",
    `UID:${newId()}@follow-up-planner`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART;VALUE=DATE:${day(date)}`,
    `DTEND;VALUE=DATE:${day(addDays(date, 1))}`,
    `SUMMARY;LANGUAGE=${language}:${summary}`,
    `DESCRIPTION;LANGUAGE=${language}:${escapeText(text)}`,
    "TRANSP:TRANSPARENT",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    // Nine in the morning of that day, wherever the reader is.
    "TRIGGER:PT9H",
    `DESCRIPTION:${summary}`,
    "END:VALARM",
    "END:VEVENT",
  ];
}

/** Return the calendar's text for entries of `{ date, title, text }`. */
export function calendar(entries, { now, language }) {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:-//Flask-TalentPool//Follow-up planner//${language.toUpperCase()}`,
    "CALSCALE:GREGORIAN",
    ...entries.flatMap((one) => entry(one, { now, language })),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

/** Let the browser save a text as a file; nothing is fetched or sent. */
export function save(text, { name, type }) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
