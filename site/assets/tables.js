// A table that is wider than the page scrolls inside its frame; the frame must then be reachable by keyboard.
document$.subscribe(() => {
  const frames = document.querySelectorAll(".md-typeset__scrollwrap");
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) {
        target.tabIndex = 0;
        target.setAttribute("role", "region");
        target.setAttribute("aria-label", "Table, wider than the page");
      } else {
        target.removeAttribute("tabindex");
        target.removeAttribute("role");
        target.removeAttribute("aria-label");
      }
    }
  });
  for (const frame of frames) {
    watch.observe(frame);
  }
});
