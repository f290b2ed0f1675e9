// The page "My work": the state of every exercise, and the answers as notebooks and as a file for another browser.
document.addEventListener("DOMContentLoaded", () => {
  const data = document.getElementById("dl-assignments");
  if (!data) return;
  const assignments = JSON.parse(data.textContent);
  const names = new Set(assignments.flatMap(({ exercises }) => exercises));
  const STATES = { open: "open", tried: "tried", solved: "solved ✓" };
  const FORMAT = "dlmath answers 1";

  const button = (text, action) => {
    const element = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    element.addEventListener("click", action);
    return element;
  };
  const download = (file, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = file;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  // The assignment as it is handed out, with the reader's answers in their cells.
  const answered = ({ notebook, exercises }) => {
    const copy = structuredClone(notebook);
    for (const name of exercises) {
      const cell = copy.cells.find(({ metadata }) => metadata.nbgrader?.grade_id === `${name}-answer`);
      cell.source = dlWork.get(name).code ?? cell.source;
    }
    return JSON.stringify(copy, null, 1);
  };

  const lists = document.querySelectorAll(".dl-own-chapter");
  assignments.forEach((assignment, index) => {
    const head = lists[index].querySelector("p");
    head.append(" ", button("Save as a notebook", () => download(assignment.file, answered(assignment))));
    head.lastChild.setAttribute("aria-label", `Save the answers as the notebook ${assignment.file}`);
    lists[index].querySelectorAll("li").forEach((item, place) => {
      const state = document.createElement("span");
      state.className = "dl-state";
      state.dataset.exercise = assignment.exercises[place];
      item.querySelector("p, a").append(" ", state);
    });
  });

  const said = Object.assign(document.createElement("p"), { className: "dl-status" });
  said.setAttribute("role", "status");
  const save = () => {
    const answers = Object.fromEntries(dlWork.names().map((name) => [name, dlWork.get(name)]));
    download("my-answers.json", JSON.stringify({ format: FORMAT, answers }, null, 1));
  };

  // A file is text from anywhere: what is taken from it are codes, states and places of exercises that there are.
  const read = (text) => {
    const { format, answers } = JSON.parse(text);
    if (format !== FORMAT) throw new Error("format");
    const found = Object.entries(answers).filter(([name, { code, state }]) => names.has(name) && state in STATES
      && (code === null || typeof code === "string"));
    for (const [name, { code, state }] of found) {
      const { page, exercises } = assignments.find((assignment) => assignment.exercises.includes(name));
      const kept = dlWork.get(name).state === "solved" ? "solved" : state;
      dlWork.set(name, { code, state: kept, page, of: exercises.length });
    }
    return found.length;
  };
  const choose = Object.assign(document.createElement("input"), { type: "file", accept: ".json", hidden: true });
  choose.addEventListener("change", async () => {
    try {
      said.textContent = `${read(await choose.files[0].text())} answers were taken from the file.`;
    } catch {
      said.textContent = "This is no file of answers from this page. Nothing was changed.";
    }
    choose.value = "";
  });
  const clear = () => {
    if (!confirm("Delete all answers and ticks from this browser?")) return;
    dlWork.names().forEach((name) => dlWork.forget(name));
    said.textContent = "Everything was deleted from this browser.";
  };

  const tools = Object.assign(document.createElement("div"), { className: "dl-buttons dl-tools" });
  tools.append(button("Save to a file", save), button("Read a file", () => choose.click()), button("Delete all", clear), choose);
  lists[0]?.before(tools, said);

  const show = () => {
    document.querySelectorAll(".dl-state").forEach((place) => {
      const { state } = dlWork.get(place.dataset.exercise);
      place.dataset.state = state;
      place.textContent = STATES[state];
    });
  };
  document.addEventListener("dl-work", show);
  show();
});
