// Python in the page: started when a reader first asks for it, in a worker that is ended when it takes too long.
//
// The worker lives in a frame without an origin, whose policy lets nothing in or out: code that runs there sees neither
// this page nor the storage of others, and reaches no network. The page hands it the files and texts.
window.dlPython = (() => {
  const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:";
  const FRAME = `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>
    onmessage = ({ data, ports: [port, alarm] }) => {
      const failed = (error) => alarm.postMessage({ broken: error.message || "the worker was not started" });
      try {
        const worker = new Worker(URL.createObjectURL(new Blob([data])));
        worker.onerror = failed;
        worker.postMessage(null, [port]);
      } catch (error) { failed(error); }
    };<\/script>`;
  const AT_FIRST = ["pyodide.js", "pyodide.asm.js"]; // what the worker must have when it starts
  const NEEDED = /^(pyodide|python_stdlib|numpy|dlmath|sympy|mpmath)/;
  const root = new URL(`${document.documentElement.dataset.content_root || "./"}_static/python/`, location.href);
  const texts = new Map(), buffers = new Map();
  let current = null, asked = 0, turn = Promise.resolve();

  const script = (name) => new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(name, root);
    element.onload = () => { element.remove(); resolve(); };
    element.onerror = () => reject(new Error(`The file ${name.split("?")[0]} of this book is missing or cannot be read. `
      + "Copy the whole folder of the book, or build it again."));
    document.head.append(element);
  });

  // A file as the worker takes it; it is kept, for the next worker.
  const buffer = (name) => {
    if (!buffers.has(name)) buffers.set(name, loaded(name).catch((error) => { buffers.delete(name); throw error; }));
    return buffers.get(name);
  };
  const loaded = async (name) => {
    const entry = api.bundle.files[name];
    if (!entry) throw new Error(`${name} is not part of this book.`);
    if (entry.url) {
      const answer = await fetch(entry.url, { integrity: entry.integrity }).catch(() => null);
      if (!answer?.ok) throw new Error(`${name} could not be loaded from ${new URL(entry.url).host}. Is there a connection?`);
      return answer.arrayBuffer();
    }
    await script(entry.script);
    const packed = await fetch(`data:application/gzip;base64,${texts.get(name)}`);
    texts.delete(name);
    return new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  };

  class Runtime {
    constructor(tell) {
      this.waiting = new Map(); // id: {resolve, reject, begun, counts}
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "Python";
      this.frame.sandbox = "allow-scripts";
      this.frame.srcdoc = FRAME;
      const { port1, port2 } = new MessageChannel();
      const alarm = new MessageChannel(); // for the frame, whose own port goes on to the worker
      this.port = port1;
      alarm.port1.onmessage = ({ data }) => this.hear(data);
      this.port.onmessage = ({ data }) => this.hear(data);
      this.ready = new Promise((resolve, reject) => { this.isReady = resolve; this.fail = reject; });
      this.ready.catch(() => this.end());
      this.start([port2, alarm.port2], tell).catch(this.fail);
    }

    async start(ports, tell) {
      await api.contents();
      const names = Object.keys(api.bundle.files);
      const wheelOf = (name) => names.find((file) => file.startsWith(`${name}-`));
      tell(api.bundle.public ? `Loading Python from ${api.bundle.public.host} …` : "Loading Python …");
      const open = new Promise((resolve) => { this.frame.onload = resolve; });
      document.body.append(this.frame);
      await open;
      this.frame.contentWindow.postMessage(api.bundle.worker, "*", ports);
      await Promise.all(AT_FIRST.map((name) => this.send(name)));
      tell("Starting Python …");
      for (const name of names) if (NEEDED.test(name)) buffer(name).catch(() => {}); // before the worker asks
      this.port.postMessage({ start: { wheel: wheelOf("dlmath"), archives: ["sympy", "mpmath"].map(wheelOf) } });
    }

    async send(name) {
      this.port.postMessage({ file: name, content: await buffer(name) });
    }

    hear(data) {
      if (data.need) this.send(data.need).catch(this.fail);
      else if (data.ready) this.isReady();
      else if (data.broken) this.fail(new Error(`Python could not be started in this browser (${data.broken}).`));
      else {
        const call = this.waiting.get(data.id);
        if (data.begun) call?.begun(data.begun);
        else if ("counts" in data) call?.counts(data.counts);
        else if (data.failed) call?.reject(new Error(data.failed));
        else call?.resolve(data.result);
      }
    }

    end() {
      this.frame.remove();
      this.port.close();
      if (current === this) current = null;
    }
  }

  const api = {
    bundle: null,

    // The scripts of files call this.
    arrived(name, text) { texts.set(name, text); },

    // What is in the book. If Python is not, `public` says from where it would come, and how much it is.
    async contents() {
      if (!api.bundle) await script(`bundle.js?${Date.now()}`); // never an old one: it names the others
      return api.bundle;
    },

    // Ask Python for `call(...values)`. Resolves to the answer, to {stopped: true} after `signal`, or to {late} after
    // the time limit; rejects if there is no Python to be had. `tell` gets what is to be said meanwhile.
    async ask(call, values, options) {
      const before = turn;
      let over;
      turn = new Promise((resolve) => { over = resolve; });
      try {
        options.tell("Waiting for the answer to another question …");
        await before;
        return options.signal.aborted ? { stopped: true } : await api.askNow(call, values, options);
      } finally {
        over();
      }
    },

    // End Python, and start a new one for what comes next.
    renew() {
      current?.end();
      current = new Runtime(() => {});
    },

    async askNow(call, values, { prepare, signal, tell }) {
      const runtime = current ??= new Runtime(tell);
      const id = ++asked;
      let timer, limit;
      const done = new Promise((resolve, reject) => {
        const begun = (allowed) => { limit = allowed; };
        const counts = (running) => {
          tell(running ? "Running …" : "Looking at what it did …");
          clearTimeout(timer);
          if (running) timer = setTimeout(() => { resolve({ late: limit.late }); api.renew(); }, 1000 * limit.seconds);
        };
        runtime.waiting.set(id, { resolve, reject, begun, counts });
        signal.addEventListener("abort", () => { resolve({ stopped: true }); api.renew(); }, { once: true });
        runtime.ready.catch(reject);
      });
      runtime.ready.then(() => {
        tell("Python is here. Importing …");
        runtime.port.postMessage({ id, call, prepare, values });
      }, () => {});
      try {
        return await done;
      } finally {
        clearTimeout(timer);
        runtime.waiting.delete(id);
      }
    },
  };
  return api;
})();
