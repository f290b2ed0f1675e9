// A cell of the reader's own at the end of a page's exercises, and the checks of formulas, repeated on demand.
window.addEventListener("load", () => { // when the exercises are there
  const make = (kind, properties, ...children) => {
    const element = Object.assign(document.createElement(kind), properties);
    element.append(...children);
    return element;
  };
  const button = (text, properties) => make("button", { type: "button", textContent: text, ...properties });
  const status = () => { const place = make("span", { className: "dl-status" }); place.setAttribute("role", "status"); return place; };
  const live = () => { const place = make("div", { className: "dl-verdict" }); place.setAttribute("aria-live", "polite"); return place; };
  const codes = [...document.querySelectorAll("article div.cell")].map((cell) => [cell, cell.querySelector(".cell_input pre")?.textContent ?? ""]);

  // The cell
  const last = [...document.querySelectorAll(".dl-answer")].pop();
  if (last) {
    const editor = make("textarea", { spellcheck: false, autocomplete: "off", autocapitalize: "off" });
    editor.setAttribute("aria-label", "Your own Python");
    const [run, stop, told, output] = [button("Run", { className: "dl-check" }), button("Stop", { disabled: true }), status(), live()];
    const note = make("p", { className: "dl-note", textContent: "NumPy is here as np, and the package as dlmath. SymPy and matplotlib can be "
      + "imported; the last value and all figures are shown. What one run defines is there in the next." });
    const cell = make("div", { className: "dl-answer dl-scratch" }, make("p", { className: "dl-title", textContent: "Try something of your own" }),
      editor, make("div", { className: "dl-buttons" }, run, stop, told), output, note);
    const end = last.closest("section#exercises") ?? last.closest("section");
    end.append(cell);
    dlEditor(editor, () => run.click());
    dlAsking(run, stop, told, output, async (options) => {
      const result = await dlPython.ask("scratch", [editor.value], { prepare: "scratch_prepared", ...options });
      if (result.stopped) return "Stopped. What was defined is lost.";
      const { printed = "", error = result.late, figures = [] } = result;
      if (error) dlVerdict(output, "✗", "wrong", error, printed);
      else if (printed) output.append(make("pre", { textContent: printed }));
      // As pictures: a script in one would not run.
      for (const figure of figures) output.append(make("img", { src: URL.createObjectURL(new Blob([figure], { type: "image/svg+xml" })), alt: "The figure of your code" }));
      return printed || error || figures.length ? "" : "Done.";
    });
  }

  // The checks
  codes.forEach(([cell, code], index) => {
    const line = cell.querySelector(":scope > .cell_output .certificate-line");
    if (!line || !code) return;
    const [run, stop, told, output] = [button("run this check here", { className: "dl-again" }), button("Stop", { className: "dl-again", hidden: true }),
      status(), live()];
    const buttons = make("p", { className: "dl-recheck" }, run, stop, " ", told);
    line.after(buttons, output);
    new MutationObserver(() => { stop.hidden = stop.disabled; }).observe(stop, { attributes: true, attributeFilter: ["disabled"] });
    stop.disabled = true;
    dlAsking(run, stop, told, output, async (options) => {
      const before = codes.slice(0, index).map(([, text]) => text);
      const result = await dlPython.ask("certified", [before, code], { prepare: "certificate_prepared", ...options });
      if (result.stopped) return "Stopped.";
      const { state, message } = result.late ? { state: "wrong", message: result.late } : result;
      dlVerdict(output, state === "solved" ? "" : "✗", state, message);
    });
  });
});
