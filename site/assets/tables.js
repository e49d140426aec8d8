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

// The theme makes the button beside every example a landmark of its own; dozens of them help nobody.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeName === "NAV" && node.classList.contains("md-code__nav")) node.setAttribute("role", "presentation");
    }
  }
}).observe(document.body, { childList: true, subtree: true });
