/* A thank-you note from answers. It says nothing that was not answered or ticked. */

const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();

/** Return a job's title as it stands in a sentence: no article, no “(m/w/d)”, no full stop. */
export function jobTitle(text, form) {
  return squeeze(text)
    .replace(/\(\s*[a-z](?:\s*[/|,]\s*[a-z*]){1,3}\s*\)/gi, "")
    .replace(form === "en" ? /^(?:the|an?)\s+/i : /^(?:der|die|das)\s+/i, "")
    .replace(/[\s.,;:!]+$/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Return what somebody wrote as a sentence: it begins with a capital and ends with a mark. */
export function sentence(text) {
  const words = squeeze(text);
  if (!words) return "";
  const [first, second = ""] = words;
  // “iPads” stays as it is.
  const begun = /\p{Lu}/u.test(second) ? words : first.toUpperCase() + words.slice(first.length);
  return /[.!?…]["”’»)]?$/.test(begun) ? begun : `${begun.replace(/[,;:–-]+$/, "").trim()}.`;
}

const names = (text) => squeeze(text).replace(/[.,;:]+$/, "");

const english = {
  greet: (greeting, name) => (name ? `${greeting} ${name},` : "Hello,"),
  thanks: {
    phone: (job, told) =>
      told
        ? `Thank you for telling me how you decided${on(job)}, and for the time you took to talk with me on the phone.`
        : `Thank you for the time you took to talk with me on the phone${about(job)}.`,
    interview: (job, told) =>
      told
        ? `Thank you for telling me how you decided${on(job)}. Thank you, too, for the time you gave me at the interview.`
        : `Thank you for the time you gave me at the interview${forRole(job)}.`,
    last: (job, told) =>
      told
        ? `Thank you for telling me how you decided${on(job)}. Thank you, too, for the time that you and your colleagues gave me, right up to the last round.`
        : `Thank you for the time that you and your colleagues gave me, right up to the last round${forRole(job)}.`,
    brief: (job) => `We met only briefly while I was applying${forRole(job)}, and I would like to thank you too.`,
    called: (job) =>
      `Thank you for ringing me to say how you decided${on(job)}. Such a call is not easy to make, and I am grateful that you made it.`,
    gone: (job) =>
      `Thank you for the time you gave me${over(job)}. I am no longer interested in the job, and I would like you to hear that from me.`,
  },
  kind: "You were courteous and kind, and I noticed it.",
  heard: "By now I have heard that somebody else was chosen.",
  others: (who) => `Please pass my thanks on to ${who} as well.`,
  disappointed: "Of course I am disappointed: I would have liked to do this job.",
  interested: "I would still like to work with you.",
  both: "Of course I am disappointed: I would have liked to do this job, and I would still like to work with you.",
  hoping: "I am still interested in the job.",
  call: "If anything changes, I would be glad to get a call.",
  number: (number) => `My number is ${number}.`,
  regards: "Kind regards",
  subject: (gone) => (gone ? "My application" : "Thank you"),
};

const on = (job) => (job ? ` on the role of ${job}` : "");
const about = (job) => (job ? ` about the role of ${job}` : "");
const forRole = (job) => (job ? ` for the role of ${job}` : "");
const over = (job) => (job ? ` while I was applying for the role of ${job}` : "");

const als = (job, before) => (job ? ` ${before} als ${job}` : "");

const german = {
  greet: (greeting, name) => {
    // “Sehr geehrte Frau” needs a name, and no second “Frau”.
    const own = /(Frau|Herrn?)$/.test(greeting) ? name.replace(/^(?:Frau|Herrn?)\s+/i, "") : name;
    return own ? `${greeting} ${own},` : "Guten Tag,";
  },
  thanks: {
    phone: (job, told) =>
      told
        ? `vielen Dank für Ihre Nachricht${als(job, "zur Stelle")} und für die Zeit, die Sie sich am Telefon für mich genommen haben.`
        : `vielen Dank, dass Sie sich die Zeit genommen haben, mit mir am Telefon${job ? ` über die Stelle als ${job}` : ""} zu sprechen.`,
    interview: (job, told) =>
      told
        ? `vielen Dank für Ihre Nachricht${als(job, "zur Stelle")}. Danke auch für das Gespräch und für die Zeit, die Sie sich dafür genommen haben.`
        : `vielen Dank für das Gespräch${als(job, "über die Stelle")} und für die Zeit, die Sie sich dafür genommen haben.`,
    last: (job, told) =>
      (told
        ? `vielen Dank für Ihre Nachricht${als(job, "zur Stelle")}. Danke auch für die Zeit`
        : `vielen Dank für die Gespräche${als(job, "über die Stelle")} und für die Zeit`) +
      ", die Sie und alle anderen sich bis in die letzte Runde für mich genommen haben.",
    brief: (job) =>
      `wir haben uns nur kurz gesehen, als ich mich${job ? als(job, "um die Stelle") : " bei Ihnen"} beworben habe, ` +
      "und ich möchte auch Ihnen danken.",
    called: (job) =>
      `vielen Dank, dass Sie mich angerufen und mir Ihre Entscheidung${als(job, "über die Stelle")} selbst gesagt haben. ` +
      "So ein Anruf ist nicht leicht, und ich schätze es, dass Sie sich gemeldet haben.",
    gone: (job) =>
      `vielen Dank für die Zeit, die Sie sich${als(job, "wegen der Stelle")} für mich genommen haben. ` +
      "Ich habe kein Interesse mehr an der Stelle und möchte, dass Sie das von mir erfahren.",
  },
  kind: "Sie waren freundlich zu mir, und das hat mir gutgetan.",
  heard: "Inzwischen weiß ich, dass die Wahl auf jemand anderen gefallen ist.",
  others: (who) => `Bitte geben Sie meinen Dank auch an ${who} weiter.`,
  disappointed: "Natürlich bin ich enttäuscht: Ich hätte diese Arbeit gern gemacht.",
  interested: "Ich würde weiterhin gern bei Ihnen arbeiten.",
  both: "Natürlich bin ich enttäuscht: Ich hätte diese Arbeit gern gemacht und würde weiterhin gern bei Ihnen arbeiten.",
  hoping: "Ich bin weiterhin an der Stelle interessiert.",
  call: "Wenn sich etwas ändert, freue ich mich über einen Anruf.",
  number: (number) => `Meine Nummer ist ${number}.`,
  regards: "Mit freundlichen Grüßen",
  subject: (gone) => (gone ? "Meine Bewerbung" : "Vielen Dank"),
};

const germanInformal = {
  ...german,
  greet: (greeting, name) => (name ? `${greeting} ${name},` : "Hallo,"),
  thanks: {
    phone: (job, told) =>
      told
        ? `danke für deine Nachricht${als(job, "zur Stelle")} und für die Zeit, die du dir am Telefon für mich genommen hast.`
        : `danke, dass du dir die Zeit genommen hast, mit mir am Telefon${job ? ` über die Stelle als ${job}` : ""} zu sprechen.`,
    interview: (job, told) =>
      told
        ? `danke für deine Nachricht${als(job, "zur Stelle")}. Danke auch für das Gespräch und für die Zeit, die du dir dafür genommen hast.`
        : `danke für das Gespräch${als(job, "über die Stelle")} und für die Zeit, die du dir dafür genommen hast.`,
    last: (job, told) =>
      (told
        ? `danke für deine Nachricht${als(job, "zur Stelle")}. Danke auch für die Zeit`
        : `danke für die Gespräche${als(job, "über die Stelle")} und für die Zeit`) +
      ", die ihr euch bis in die letzte Runde für mich genommen habt.",
    brief: (job) =>
      `wir haben uns nur kurz gesehen, als ich mich${job ? als(job, "um die Stelle") : " bei euch"} beworben habe, ` +
      "und ich möchte auch dir danken.",
    called: (job) =>
      `danke, dass du mich angerufen und mir eure Entscheidung${als(job, "über die Stelle")} selbst gesagt hast. ` +
      "So ein Anruf ist nicht leicht, und ich schätze es, dass du dich gemeldet hast.",
    gone: (job) =>
      `danke für die Zeit, die du dir${als(job, "wegen der Stelle")} für mich genommen hast. ` +
      "Ich habe kein Interesse mehr an der Stelle und möchte, dass du das von mir erfährst.",
  },
  kind: "Du warst freundlich zu mir, und das hat mir gutgetan.",
  others: (who) => `Bitte gib meinen Dank auch an ${who} weiter.`,
  interested: "Ich würde weiterhin gern bei euch arbeiten.",
  both: "Natürlich bin ich enttäuscht: Ich hätte diese Arbeit gern gemacht und würde weiterhin gern bei euch arbeiten.",
  regards: "Viele Grüße",
  subject: (gone) => (gone ? "Meine Bewerbung" : "Danke"),
};

const FORMS = { en: english, de: german, "de-informal": germanInformal };

/** The situations, in the order in which they are asked for. */
export const SITUATIONS = ["interview", "last", "phone", "brief", "called", "gone"];

/** Say which questions a situation leaves open: whether they answered, and what is felt and wished. */
export function asked({ situation, told }) {
  const knows = situation === "called" || Boolean(told);
  const open = situation !== "gone";
  return { told: open && situation !== "called", interested: open, feelings: open && knows };
}

function wishes(words, { disappointed, interested, call, ...answers }) {
  const open = asked(answers);
  if (!open.interested) return [];
  if (!open.feelings) return [interested && words.hoping];
  const felt = { 0: "", 1: words.interested, 2: words.disappointed, 3: words.both };
  const number = names(answers.phone);
  return [felt[2 * Boolean(disappointed) + Boolean(interested)], call && words.call, call && number && words.number(number)];
}

function thanks(words, { situation, told, kind, job }, form) {
  return [
    words.thanks[situation](jobTitle(job, form), Boolean(told)),
    kind && words.kind,
    situation === "brief" && told && words.heard,
  ];
}

/** Write the note: paragraphs between empty lines, and no gap where an answer is missing. */
export function writeNote(answers, form) {
  const words = FORMS[form];
  const others = names(answers.others);
  const paragraphs = [
    [words.greet(answers.greeting, names(answers.name))],
    thanks(words, answers, form),
    [sentence(answers.learnt), others && words.others(others)],
    wishes(words, answers),
    [signed(words, answers, form)],
  ];
  return paragraphs
    .map((parts) => parts.filter(Boolean).join(" "))
    .filter(Boolean)
    .join("\n\n");
}

function signed(words, answers, form) {
  const name = squeeze(answers.from);
  // German letters put no comma here, English ones do.
  if (!name) return words.regards;
  return form === "en" ? `${words.regards},\n${name}` : `${words.regards}\n${name}`;
}

/** Return the address that opens the reader's own mail program with the note in it. */
export function mailAddress(answers, form, text) {
  const job = jobTitle(answers.job, form);
  const subject = FORMS[form].subject(answers.situation === "gone") + (job ? ` (${job})` : "");
  // RFC 6068: lines of a body end with CR LF.
  const body = text.replace(/\r?\n/g, "\r\n");
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}
