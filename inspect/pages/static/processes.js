import { el, show, line, process, entry, state } from "./dom.js";
import { path } from "./api.js";
import { age, bytes, count, short } from "./say.js";

const SIZE = 100; // rows of a page: the node sorts and counts, so it is as smooth with 100,000
const every = 2000;

const columns = [
  { title: "Process", cell: p => process(p.pid) },
  { title: "Entry", sort: "entry", cell: p => [entry(p.entry), p.names?.length ? el("span", { class: "hint" }, " " + p.names.join(", ")) : null] },
  { title: "State", sort: "state", cell: p => state(p.state) },
  { title: "Waits for", wide: true, cell: p => p.doing || "" },
  { title: "Unread", sort: "unread", number: true, cell: p => count(p.unread) },
  { title: "Memory", sort: "memory", number: true, cell: p => bytes(p.memory) },
  { title: "Steps", sort: "steps", number: true, cell: p => short(p.steps) },
  { title: "Age", sort: "age", number: true, cell: p => age(p.started) },
];
const states = ["running", "runnable", "waiting", "suspended", "ending"];

export async function processes(main, life, _, chosen) {
  const { filter = "", entry = "", state = "", sort = "", order = "" } = chosen;
  let page = Math.max(0, (+chosen.page || 1) - 1);
  const want = changes => {
    const q = Object.entries({ filter, entry, state, sort, order, ...changes }).filter(([, v]) => v);
    location.hash = "#/processes" + (q.length ? "?" + new URLSearchParams(q) : "");
  };
  const find = el("input", { type: "search", class: "long", value: filter || entry, placeholder: "PID, entry or name", onchange: () => want({ filter: find.value, entry: "" }) });
  const choose = el("select", { onchange: () => want({ state: choose.value }) }, el("option", { value: "" }, "all"), states.map(s => el("option", { selected: s === state }, s)));
  const head = el("tr", {}, columns.map(c => el("th", {
    scope: "col", class: c.number && "number",
    "aria-sort": c.sort && c.sort === sort && (order === "asc" ? "ascending" : "descending"),
  }, c.sort ? el("button", { type: "button", onclick: () => want({ sort: c.sort, order: c.sort === sort && order !== "asc" ? "asc" : "desc" }) }, c.title) : c.title)));
  const body = el("tbody"), said = el("span", { role: "status" });
  const turn = by => { page += by; update(); };
  const back = el("button", { type: "button", onclick: () => turn(-1) }, "Before"), on = el("button", { type: "button", onclick: () => turn(1) }, "Next");
  show(main, el("h1", {}, "Processes"),
    el("form", { class: "controls", onsubmit: e => { e.preventDefault(); want({ filter: find.value, entry: "" }); } },
      el("label", {}, "Find", find), el("label", {}, "State", choose),
      el("label", { class: "narrow" }, "Sort by", sorts(sort, order, want))),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "processes" }, el("table", {}, el("thead", {}, head), body)),
    el("div", { class: "pager" }, back, on, said));

  const update = life.every(every, async () => {
    const { processes, total } = await life.get(path("processes"), { filter, entry, state, sort, order, limit: SIZE, offset: page * SIZE });
    const last = Math.max(0, Math.ceil(total / SIZE) - 1);
    if (page > last) { page = last; return update(); }
    show(body, processes.map(row => line(columns, row)));
    back.disabled = page === 0;
    on.disabled = page >= last;
    said.textContent = total ? `${count(page * SIZE + 1)} to ${count(page * SIZE + processes.length)} of ${count(total)}` : "No process is like that.";
  });
  await life.first;
}

// sorts is for narrow screens, where the heads of columns are not seen.
function sorts(sort, order, want) {
  const choose = el("select", { onchange: () => want({ sort: choose.value, order: choose.value === "entry" ? "asc" : choose.value && "desc" }) },
    el("option", { value: "" }, "start"), columns.filter(c => c.sort).map(c => el("option", { value: c.sort, selected: c.sort === sort }, c.title.toLowerCase())));
  return choose;
}
