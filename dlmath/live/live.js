// Moves the live figures of a page. The first figure of a page brings this script and the others call it, so that it also
// works in a page that a notebook was exported to. It is not in the book's _static folder, whose scripts are loaded by
// every page, with or without a figure. Nothing is computed here: every picture was drawn when the page was built.
window.dlmathLive ??= (() => {
  const WAIT_BEFORE_URL = 400; // ms; browsers refuse more than 100 changes of the address in 30 s
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const figures = [];

  function start(root) {
    const { name, controls, states, layers, fragments, sentences, sentence } =
      JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const inputs = [...root.querySelectorAll("input, select")];
    const written = [...root.querySelectorAll(".dl-live-control")].map((control) => control.querySelector("span"));
    const slots = [...root.querySelectorAll("svg g[data-layer]")];
    const text = root.querySelector(".dl-live-sentence > span");
    const reset = root.querySelector(".dl-live-reset");
    const starts = controls.map((control) => control.start);
    const shown = layers.map(() => -1);

    const read = (input) =>
      input.type === "checkbox" ? +input.checked : input.tagName === "SELECT" ? input.selectedIndex : +input.value;

    function write(index, position) {
      const input = inputs[index];
      if (input.type === "checkbox") input.checked = position === 1;
      else if (input.tagName === "SELECT") input.selectedIndex = position;
      else input.value = position;
    }

    const stateOf = (positions) =>
      states[positions.reduce((number, position, i) => number * controls[i].texts.length + position, 0)];

    // Not every combination need have been drawn. What cannot be combined with what was chosen cannot be moved, and
    // a line says so.
    function showWhatGoes(positions) {
      const moved = controls.filter((control, i) => positions[i] !== starts[i]);
      const blocked = controls.filter((control, i) => {
        const other = positions.map((position, k) => (k === i ? (position ? 0 : 1) : position));
        const goes = control.texts.length < 2 || stateOf(other) !== undefined;
        const place = inputs[i].parentElement;
        place.querySelectorAll("input, select, button").forEach((input) => (input.disabled = !goes));
        place.title = goes ? "" : `Not combined with ${listed(moved)}`;
        return !goes;
      });
      const note = root.querySelector(".dl-live-note");
      if (note) {
        note.textContent = blocked.length
          ? `Not drawn together with ${listed(moved)}: ${listed(blocked)}. Set it back, or press Reset.`
          : "";
      }
      reset.disabled = !moved.length;
    }

    function show() {
      const positions = inputs.map(read);
      const state = stateOf(positions);
      layers.forEach((layer, i) => {
        if (shown[i] !== layer[state]) slots[i].innerHTML = fragments[(shown[i] = layer[state])];
      });
      text.textContent = sentences[sentence[state]];
      showWhatGoes(positions);
      positions.forEach((position, i) => {
        const value = controls[i].written[position];
        if (inputs[i].type !== "range") return;
        written[i].textContent = value;
        inputs[i].setAttribute("aria-valuetext", value);
      });
    }

    const key = (control) => `${name}.${control.name}`;

    function restore(address) {
      if (!controls.some((control) => address.has(key(control)))) return false;
      controls.forEach((control, i) => {
        const position = nearest(control.texts, address.get(key(control)));
        write(i, position < 0 ? starts[i] : position);
      });
      if (stateOf(inputs.map(read)) === undefined) starts.forEach((position, i) => write(i, position));
      show();
      return true;
    }

    function describe(address) {
      controls.forEach((control, i) => {
        const position = read(inputs[i]);
        if (position === starts[i]) address.delete(key(control));
        else address.set(key(control), control.texts[position]);
      });
    }

    inputs.forEach((input) =>
      input.addEventListener("input", () => {
        show();
        rememberSoon();
      }),
    );
    reset.addEventListener("click", () => {
      root.querySelectorAll('button[aria-pressed="true"]').forEach((button) => button.click());
      starts.forEach((position, i) => write(i, position));
      show();
      rememberSoon();
      inputs[0].focus(); // a button that is disabled loses the focus
    });
    root.querySelectorAll("button[aria-pressed]").forEach((button) => {
      const i = inputs.indexOf(button.parentElement.querySelector("input"));
      player(button, inputs[i], text.parentElement);
    });
    root.querySelector(".dl-live-controls").hidden = false;
    figures.push({ root, restore, describe });
    if (restore(readAddress())) addEventListener("load", () => root.scrollIntoView({ block: "center" }));
    else show();
  }

  const listed = (controls) => controls.map((control) => control.label).join(", ");

  // The button that runs through a range, from its beginning if it is at its end.
  function player(button, input, sentence) {
    const last = +input.max;
    let timer = null;

    function pause() {
      clearInterval(timer);
      timer = null;
      button.setAttribute("aria-pressed", "false");
      sentence.setAttribute("aria-live", "polite");
    }

    function step() {
      const next = input.value >= last ? 0 : +input.value + 1;
      input.value = next;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (next === last) pause();
    }

    button.addEventListener("click", () => {
      if (timer !== null) return pause();
      const pace = reducedMotion.matches ? 1000 : Math.min(400, Math.max(50, 6000 / last));
      button.setAttribute("aria-pressed", "true");
      sentence.setAttribute("aria-live", "off");
      timer = setInterval(step, pace);
      step();
    });
    input.addEventListener("pointerdown", pause);
    input.addEventListener("keydown", pause);
  }

  // A text of the list, or the number in it that is nearest to the one asked for.
  function nearest(texts, asked) {
    if (asked === null || texts.includes(asked)) return texts.indexOf(asked);
    const distances = texts.map((text) => Math.abs(text - asked));
    return asked.trim() === "" || distances.some(Number.isNaN) ? -1 : distances.indexOf(Math.min(...distances));
  }

  // The address holds what differs from the start: #figure.control=value&…; a plain #anchor is none of ours.
  const readAddress = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

  let waiting = null;
  function rememberSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const address = readAddress();
      figures.forEach((figure) => figure.describe(address));
      const hash = String(address);
      if (hash || location.hash.includes("=")) {
        history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
      }
    }, WAIT_BEFORE_URL);
  }

  addEventListener("hashchange", () => {
    const address = readAddress();
    figures.filter((figure) => figure.restore(address))[0]?.root.scrollIntoView({ block: "center" });
  });

  return () => document.querySelectorAll(".dl-live:not([data-live])").forEach((root) => {
    root.dataset.live = "";
    start(root);
  });
})();
window.dlmathLive();
