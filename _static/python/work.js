// What the reader has written and solved: kept by this browser, sent nowhere.
window.dlWork = (() => {
  const PREFIX = "dl-answer-";
  const unkept = new Map(); // where the browser keeps nothing
  let keeps = true;

  const storage = (action) => {
    try { return action(localStorage); } catch { keeps = false; return undefined; }
  };
  const changed = () => document.dispatchEvent(new CustomEvent("dl-work"));
  window.addEventListener("storage", changed); // another tab has written

  return {
    get keeps() { storage((store) => store.setItem("dl-keeps", "1")); return keeps; },

    // {code, state, page, of} of an exercise: what was written (null: nothing), whether it is "open", "tried" or "solved",
    // the page it is on, and how many are there.
    get(name) {
      const text = storage((store) => store.getItem(PREFIX + name)) ?? unkept.get(name);
      const open = { code: null, state: "open", page: null, of: 0 };
      try { return { ...open, ...JSON.parse(text ?? "{}") }; } catch { return open; }
    },

    set(name, change) {
      const text = JSON.stringify({ ...this.get(name), ...change });
      unkept.set(name, text);
      storage((store) => store.setItem(PREFIX + name, text));
      changed();
    },

    forget(name) {
      unkept.delete(name);
      storage((store) => store.removeItem(PREFIX + name));
      changed();
    },

    names() {
      const kept = storage((store) => Object.keys(store).filter((key) => key.startsWith(PREFIX))) ?? [];
      return [...new Set([...kept.map((key) => key.slice(PREFIX.length)), ...unkept.keys()])];
    },
  };
})();

// Ticks behind the chapters in the sidebar and on the landing page: how many of their exercises are solved.
document.addEventListener("DOMContentLoaded", () => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href).pathname;
  const pageOf = (link) => (link.pathname.startsWith(root) ? link.pathname.slice(root.length).replace(/\.html$/, "") : null);
  const onLanding = DOCUMENTATION_OPTIONS.pagename === "index" ? ", article a[href]" : "";
  const links = [...document.querySelectorAll(`.bd-sidebar-primary a.internal${onLanding}`)].filter((link) => !link.hash);

  const show = () => {
    const solved = new Map(), all = new Map();
    for (const { state, page, of } of dlWork.names().map((name) => dlWork.get(name))) {
      if (state === "solved") solved.set(page, (solved.get(page) ?? 0) + 1);
      all.set(page, of);
    }
    for (const link of links) {
      const count = solved.get(pageOf(link)), of = all.get(pageOf(link));
      link.querySelector(".dl-tick")?.remove();
      if (!count) continue;
      const tick = document.createElement("span");
      tick.className = "dl-tick";
      tick.textContent = count >= of ? "✓" : `${count}/${of}`;
      tick.title = `${count} of ${of} exercises solved`;
      link.append(tick);
    }
  };
  document.addEventListener("dl-work", show);
  show();
});
