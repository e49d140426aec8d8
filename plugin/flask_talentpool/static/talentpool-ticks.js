// Ticks all of a group and counts what is ticked. The page works without it.
for (const form of document.querySelectorAll("[data-ticks]")) {
  const said = form.querySelector("[data-ticked]");

  const count = () => {
    const number = form.querySelectorAll("input[type=checkbox]:checked").length;
    said.hidden = !number;
    said.textContent = `${number} ticked`;
  };

  for (const button of form.querySelectorAll("[data-tick-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const boxes = [...button.closest("section").querySelectorAll("input[type=checkbox]")];
      const tick = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = tick;
      count();
    });
  }
  if (said) {
    form.addEventListener("change", count);
    count();
  }
}
