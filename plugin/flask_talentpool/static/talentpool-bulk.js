// Keeps the progress of work on many decisions up to date, and reloads once it is over. The page works without it.
const box = document.querySelector("[data-bulk-state]");
const bar = box?.querySelector("progress");
const words = box?.querySelector("[data-bulk-text]");
const pause = 2000;

async function look() {
  try {
    const answer = await fetch(box.dataset.bulkUrl, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const page = await answer.json();
      if (page.bulk.state !== box.dataset.bulkState || !page.progress) {
        location.reload();
        return;
      }
      bar.max = page.progress.total || 1;
      bar.value = page.progress.worked;
      words.textContent = page.progress.text;
    }
  } catch {
    // The network is away for a moment; the next look tells.
  }
  setTimeout(look, document.hidden ? pause * 5 : pause);
}

if (box) setTimeout(look, pause);
