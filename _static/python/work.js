// What the reader has written and solved: kept by this browser, sent nowhere.
window.dlWork = (() => {
  const PREFIX = "dl-answer-";
  const unkept = new Map(); // where the browser keeps nothing
  let keeps = true;

  const storage = (action) => {
    try { return action(localStorage); } catch { keeps = false; return undefined; }
  };
  const changed = (name) => document.dispatchEvent(new CustomEvent("dl-work", { detail: name }));

  return {
    get keeps() { storage((store) => store.setItem("dl-keeps", "1")); return keeps; },

    // {code, state} of an exercise; state is "open", "tried" or "solved".
    get(name) {
      const text = storage((store) => store.getItem(PREFIX + name)) ?? unkept.get(name);
      try { return { code: null, state: "open", ...JSON.parse(text ?? "{}") }; } catch { return { code: null, state: "open" }; }
    },

    set(name, change) {
      const text = JSON.stringify({ ...this.get(name), ...change });
      unkept.set(name, text);
      storage((store) => store.setItem(PREFIX + name, text));
      changed(name);
    },

    forget(name) {
      unkept.delete(name);
      storage((store) => store.removeItem(PREFIX + name));
      changed(name);
    },

    names() {
      const kept = storage((store) => Object.keys(store).filter((key) => key.startsWith(PREFIX))) ?? [];
      return [...new Set([...kept.map((key) => key.slice(PREFIX.length)), ...unkept.keys()])];
    },
  };
})();
