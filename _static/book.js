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
