// The switch "show all code" at the head of a page. It is remembered, and printing follows it.
document.addEventListener("DOMContentLoaded", () => {
  const folds = document.querySelectorAll("details.dl-fold");
  const buttons = document.querySelector(".article-header-buttons");
  if (!folds.length || !buttons) return;
  const remembered = { get: () => { try { return localStorage.getItem("dl-code"); } catch { return null; } },
                       set: (value) => { try { localStorage.setItem("dl-code", value); } catch { /* not allowed */ } } };
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dl-show-code";
  const show = (open) => {
    folds.forEach((fold) => { fold.open = open; });
    button.textContent = open ? "hide code" : "show all code";
    button.setAttribute("aria-pressed", open);
  };
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    remembered.set(open ? "shown" : "folded");
    show(open);
  });
  show(remembered.get() === "shown");
  buttons.prepend(button);
});

// What is wider than its box scrolls; then it must be reachable by keyboard, too.
window.addEventListener("load", () => Promise.resolve(window.MathJax?.startup?.promise).then(() => {
  document.querySelectorAll("article :is(div.math, mjx-container, pre, .dl-figure, .pst-scrollable-table-container)").forEach((box) => {
    const scrolls = getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1;
    if (scrolls) box.tabIndex = 0;
  });
}));

// Entries of the bibliography have a role of their own, which a list may not have.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".citation-list").forEach((list) => list.removeAttribute("role"));
});

// The excerpts of search results are the sentences of a page: no formulas in TeX, no code, no table of contents.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined" || !Search.htmlToText) return;
  const textOf = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".math, .cell_input, .dl-run, .dl-live, .dl-figure, .bd-sidebar-secondary, nav, header, footer, script, style")
      .forEach((part) => part.remove());
    return textOf(page.documentElement.outerHTML, anchor).replace(/\s+/g, " ");
  };
});

// The theme's marks that unfold a part of the sidebar have no name of their own.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("summary:has(.toctree-toggle)").forEach((mark) => {
    const page = mark.closest("li")?.querySelector("a");
    mark.setAttribute("aria-label", `The pages of ${page ? page.textContent.trim() : "this part"}`);
  });
});

// JupyterLite needs a web server.
document.addEventListener("DOMContentLoaded", () => {
  if (location.protocol !== "file:") return;
  document.querySelectorAll("a[href*='lite/lab/index.html']").forEach((link) => link.replaceWith("JupyterLite (from a web server)"));
});
