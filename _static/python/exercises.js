// The exercises of a page: an editor in the place of each stub, with the checker of the notebook behind it.
document.addEventListener("DOMContentLoaded", () => {
  const codeOf = (cell) => cell?.querySelector(":scope > .cell_input pre")?.textContent ?? "";
  const nameOf = (cell) => codeOf(cell).match(/^check\("([\w-]+)",/)?.[1];
  const cells = [...document.querySelectorAll("article div.cell")].filter((cell) => nameOf(cell) && codeOf(cell.previousElementSibling));
  const place = { page: DOCUMENTATION_OPTIONS.pagename, of: cells.length };
  for (const cell of cells) {
    const stub = cell.previousElementSibling;
    dlExercise(nameOf(cell), place, stub, cell, codeOf(stub).trimEnd());
  }
});

window.dlExercise = (name, place, stubCell, checkCell, stub) => {
  const SIGNS = { open: "○", wrong: "✗", solved: "✓" };
  const title = document.querySelector(`#exercise-${name} .admonition-title`);
  const task = (title?.textContent ?? name).replace(/\s+/g, " ").trim();
  const solution = checkCell.nextElementSibling?.querySelector("details");

  const answer = document.createElement("div");
  answer.className = "dl-answer";
  answer.dataset.exercise = name;
  answer.setAttribute("role", "group");
  answer.setAttribute("aria-label", `Your answer to ${task}`);
  answer.innerHTML = `<textarea spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off"></textarea>
    <div class="dl-buttons"><button type="button" class="dl-check">Check</button><button type="button" class="dl-stop"
      disabled>Stop</button><button type="button" class="dl-reset">Reset</button><span class="dl-status" role="status"></span></div>
    <div class="dl-verdict" aria-live="polite"></div>
    <p class="dl-note">Ctrl+Enter checks. Tab indents; after Escape it leaves the editor. Python runs in this browser, and nothing
      that you write leaves it.</p>`;
  const [editor, check, stop, reset, status, verdict, note] = ["textarea", ".dl-check", ".dl-stop", ".dl-reset",
    ".dl-status", ".dl-verdict", ".dl-note"].map((selector) => answer.querySelector(selector));
  editor.setAttribute("aria-label", `Your code for ${task}`);
  editor.value = dlWork.get(name).code ?? stub;
  dlEditor(editor, () => check.click());
  if (!dlWork.keeps) note.append(" This browser keeps nothing: your answer is lost when you leave the page.");
  stubCell.before(answer);
  for (const cell of [stubCell, checkCell]) cell.classList.add("dl-replaced");

  const tick = Object.assign(document.createElement("span"), { className: "dl-tick", textContent: "✓", title: "solved" });
  const show = () => {
    const { state } = dlWork.get(name);
    title?.setAttribute("data-state", state);
    if (state === "solved") title?.append(tick); else tick.remove();
  };
  show();
  document.addEventListener("dl-work", show);

  const tell = dlAsking(check, stop, status, verdict, async (options) => {
    dlWork.set(name, { ...place, code: editor.value });
    const result = await dlPython.ask("checked", [name, editor.value], { prepare: "prepared", ...options });
    if (result.stopped) return "Stopped.";
    const { state, message, printed } = result.late ? { state: "wrong", message: result.late } : result;
    dlVerdict(verdict, `${SIGNS[state]} ${name}:`, state, message, printed);
    if (state !== "open" && dlWork.get(name).state !== "solved") dlWork.set(name, { state: state === "solved" ? "solved" : "tried" });
  });
  reset.addEventListener("click", () => {
    editor.value = stub;
    dlWork.set(name, { code: null });
    verdict.replaceChildren();
    tell("The stub is back.");
    editor.focus();
  });
  editor.addEventListener("input", () => dlWork.set(name, { ...place, code: editor.value }));
  solution?.querySelector("summary").addEventListener("click", (event) => {
    if (solution.open || dlWork.get(name).state !== "open") return;
    event.preventDefault();
    tell("The solution opens when you have checked an answer of your own.");
  });
};

// Tab indents and leaves after Escape; Enter keeps the indentation; Ctrl+Enter runs.
window.dlEditor = (editor, run) => {
  const INDENT = "    ";
  let leaves = false;
  const fit = () => { editor.rows = Math.max(4, editor.value.split("\n").length + 1); };
  const insert = (text) => { document.execCommand("insertText", false, text); }; // which can be undone
  const lineStart = () => editor.value.lastIndexOf("\n", editor.selectionStart - 1) + 1;

  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaves = true; return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const line = editor.value.slice(lineStart(), editor.selectionStart);
      insert(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? INDENT : ""}`);
    } else if (event.key === "Tab" && !leaves) {
      event.preventDefault();
      const start = lineStart(), { selectionStart, selectionEnd } = editor;
      const lines = editor.value.slice(start, selectionEnd).split("\n");
      if (lines.length === 1 && !event.shiftKey) {
        insert(INDENT.slice((selectionStart - start) % INDENT.length));
      } else {
        const moved = lines.map((line) => (event.shiftKey ? line.replace(/^ {1,4}/, "") : INDENT + line)).join("\n");
        editor.setSelectionRange(start, selectionEnd);
        insert(moved);
        if (lines.length > 1) editor.setSelectionRange(start, start + moved.length);
      }
    }
    if (event.key !== "Shift") leaves = false;
  });
  editor.addEventListener("input", fit);
  fit();
};

// Where Python is not part of the book, the reader is told from where it would come, and is asked.
window.dlAgreed = async (place, signal) => {
  const source = (await dlPython.contents()).public;
  if (!source || dlAgreed.already) return true;
  return new Promise((resolve) => {
    const question = document.createElement("p");
    const yes = document.createElement("button");
    yes.type = "button";
    yes.textContent = "Load it";
    question.append(`Python is not part of this copy of the book. It can be loaded from ${source.host}: `
      + `${source.megabytes}\u00a0MB. Your code is not sent there. `, yes);
    place.replaceChildren(question);
    yes.addEventListener("click", () => { dlAgreed.already = true; place.replaceChildren(); resolve(true); });
    signal.addEventListener("abort", () => { place.replaceChildren(); resolve(false); });
    yes.focus();
  });
};

// Buttons that ask Python, stop it, and say what it is doing. `ask(options)` returns what to tell at the end.
window.dlAsking = (check, stop, status, place, ask) => {
  let running = null;
  const tell = (text) => { status.textContent = text; };
  const run = async () => {
    if (running) return;
    running = new AbortController();
    check.disabled = true;
    stop.disabled = false;
    place.replaceChildren();
    try {
      tell(await dlAgreed(place, running.signal) ? await ask({ signal: running.signal, tell }) ?? "" : "");
    } catch (error) {
      tell("");
      dlVerdict(place, "✗", "wrong", error.message);
    } finally {
      running = null;
      check.disabled = false;
      stop.disabled = true;
    }
  };
  check.addEventListener("click", run);
  stop.addEventListener("click", () => running?.abort());
  return tell;
};

// What Python says is text, never HTML: an answer could have written it. Paragraphs, `code`, **bold** and formulas.
window.dlVerdict = (place, head, state, message, printed) => {
  const box = document.createElement("div");
  box.className = `dl-feedback dl-${state}`;
  const [first, ...others] = message.split(/\n\s*\n/).map(dlParagraph);
  const name = document.createElement("strong");
  name.textContent = head;
  first.prepend(name, " ");
  box.append(first, ...others);
  if (printed) {
    const output = document.createElement("pre");
    output.textContent = printed;
    box.append(output);
  }
  place.replaceChildren(box);
  window.MathJax?.typesetPromise?.([box]);
};

window.dlParagraph = (text) => {
  const paragraph = document.createElement("p");
  const element = (kind, content) => Object.assign(document.createElement(kind), { textContent: content });
  for (const part of text.split(/(`[^`]+`|\$\$[^]+?\$\$|\$[^$]+\$|\*\*.+?\*\*)/)) {
    if (/^`.+`$/s.test(part)) paragraph.append(element("code", part.slice(1, -1)));
    else if (/^\*\*.+\*\*$/s.test(part)) paragraph.append(element("strong", part.slice(2, -2)));
    else if (/^\$.+\$$/s.test(part) && !/\\(href|require|unicode|style|class|cssId|data)\b/.test(part)) {
      const display = part.startsWith("$$");
      const formula = element("span", display ? `\\[${part.slice(2, -2)}\\]` : `\\(${part.slice(1, -1)}\\)`);
      formula.className = "mathjax_process";
      paragraph.append(formula);
    } else paragraph.append(part);
  }
  return paragraph;
};
