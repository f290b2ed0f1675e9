// Python in a worker that can reach nothing: it has the files that the page hands it, and answers through one port.
let port, python, api, asked;
const files = new Map();      // name: ArrayBuffer, or a promise of one
const expected = new Map();   // name: what to call when the file comes

const file = (name) => {
  if (!files.has(name)) {
    files.set(name, new Promise((resolve) => expected.set(name, resolve)));
    port.postMessage({ need: name });
  }
  return files.get(name);
};

const nameOf = (url) => String(url).split("/").pop();
const typeOf = (name) => (name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");

// Pyodide asks for its files by address. They are here already, or come from the page.
self.fetch = async (url) => new Response(await file(nameOf(url)), { headers: { "Content-Type": typeOf(nameOf(url)) } });
const importScript = self.importScripts.bind(self);
self.importScripts = (url) => importScript(URL.createObjectURL(new Blob([files.get(nameOf(url))])));

const SITE = "/lib/python3.12/site-packages/";

async function start({ wheel, archives }) {
  self.importScripts("pyodide.js");
  python = await loadPyodide({ indexURL: "https://book.invalid/", packages: ["numpy"] });
  python.unpackArchive(await file(wheel), "wheel");
  python.runPython("import os; os.environ['MPLBACKEND'] = 'svg'"); // there is no screen to draw on
  api = python.pyimport("dlmath.exercises.page");
  const packed = {};
  for (const name of archives) {
    packed[name.split("-")[0]] = `/tmp/${name}`;
    python.FS.writeFile(`/tmp/${name}`, new Uint8Array(await file(name)));
  }
  api.unpack_when_imported(python.toPy(packed), SITE);
  api.count_time((counts) => port.postMessage({ id: asked, counts }));
}

const plain = (value) => (value?.toJs ? value.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false }) : value);

// What was asked is answered in turn. `begun` says how long it may take; the time is counted while `counts` is true.
async function answer({ id, call, prepare, values }) {
  asked = id;
  try {
    if (call === "scratch") await python.loadPackagesFromImports(values[0]); // matplotlib, if it is imported
    port.postMessage({ id, begun: plain(api[prepare](...values)) });
    port.postMessage({ id, result: plain(api[call](...values)) });
  } catch (error) {
    port.postMessage({ id, failed: String(error) });
  }
}

let work = Promise.resolve();

self.onmessage = ({ ports }) => {
  [port] = ports;
  port.onmessage = ({ data }) => {
    if (data.file) {
      if (expected.has(data.file)) expected.get(data.file)(data.content);
      files.set(data.file, data.content);
    } else if (data.start) {
      work = start(data.start).then(
        () => port.postMessage({ ready: true }),
        (error) => port.postMessage({ broken: String(error) }),
      );
    } else {
      work = work.then(() => answer(data));
    }
  };
};
