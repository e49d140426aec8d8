// The letter, and what saving does, follow what is typed. The page works without it: "Show the letter" does the same.
const WAIT = 600;
const button = document.querySelector("[data-preview]");
const form = button?.form;
let timer = 0;
let asked = 0;

async function refresh() {
  const mine = ++asked;
  let answer;
  try {
    answer = await fetch(button.formAction, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "text/html" },
      credentials: "same-origin",
    });
  } catch {
    return; // Offline: saving tells.
  }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return;
  for (const shown of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(shown.id);
    if (!fresh || fresh.innerHTML === shown.innerHTML) continue;
    shown.replaceChildren(...fresh.childNodes);
  }
}

if (form) {
  button.remove();
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  });
}
