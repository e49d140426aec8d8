/* The preview of a letter's text follows what is written. Without this, the button does the same. */

const WAIT = 600;
const form = document.getElementById("tp-text-form");
const source = form?.elements.namedItem("source");
let timer = 0;
let asked = 0;

async function refresh() {
  const trial = document.getElementById("tp-trial");
  if (!trial) return;
  const mine = ++asked;
  let answer;
  try {
    answer = await fetch(trial.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "text/html" },
      credentials: "same-origin",
    });
  } catch {
    return; // Offline: the button tells.
  }
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("tp-trial");
  if (!fresh || mine !== asked) return;
  const had = document.activeElement?.id === "tp-person";
  trial.replaceWith(fresh);
  const said = document.getElementById("tp-trial-said");
  if (said.textContent !== fresh.dataset.said) said.textContent = fresh.dataset.said;
  if (had) document.getElementById("tp-person")?.focus();
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(refresh, wait);
}

if (form && source) {
  source.addEventListener("input", () => soon(WAIT));
  document.addEventListener("change", (event) => {
    if (event.target.id === "tp-person") soon(0);
  });
}
