import { el, show, section, link } from "./dom.js";
import { path } from "./api.js";
import { age, bytes, count, seconds, short } from "./say.js";
import { Chart } from "./chart.js";
import { Lines, event } from "./events.js";

// told are the events that say something went wrong or was mended.
const told = "service.state,child.restarted,dead.letter,link.down";

export async function overview(main, life) {
  const perSecond = v => short(v);
  const charts = {
    messages: new Chart({ title: "Messages", says: "a second", write: perSecond, series: [{ name: "taken" }] }),
    processes: new Chart({ title: "Starts and ends", says: "a second", write: perSecond, series: [{ name: "starts" }, { name: "ends" }] }),
    wait: new Chart({ title: "Run queue wait", says: "of a process that could run", write: seconds, series: [{ name: "mean" }, { name: "99 % within" }] }),
    memory: new Chart({ title: "Memory", says: "of the program", write: bytes, base: 2, series: [{ name: "heap" }, { name: "charged" }] }),
    collections: new Chart({ title: "Garbage collections", says: "a second", write: perSecond, series: [{ name: "collections" }] }),
    load: new Chart({ title: "Processes", says: "alive", write: perSecond, series: [{ name: "alive" }] }),
  };
  life.onend(() => Object.values(charts).forEach(c => c.close()));
  const tiles = el("dl", { class: "tiles" });
  const lines = new Lines(life, event, 12);
  show(main, el("h1", {}, "Overview"), tiles, el("div", { class: "charts" }, Object.values(charts).map(c => c.node)),
    section("What went wrong, and was mended", lines.node, el("p", { class: "hint" }, link("All events", "events"))));

  const add = (m, later) => {
    const at = Date.parse(m.at);
    charts.messages.add(at, [m.messages], later);
    charts.processes.add(at, [m.starts, m.ends], later);
    charts.wait.add(at, [m.wait_mean, m.wait_p99], later);
    charts.memory.add(at, [m.heap, m.charged], later);
    charts.collections.add(at, [m.collections], later);
    charts.load.add(at, [m.processes], later);
  };
  const tile = (name, text, small) => el("div", {}, el("dt", {}, name), el("dd", {}, text, small ? el("small", {}, small) : null));
  const sum = m => show(tiles,
    tile("Processes", count(m.processes), Object.entries(m.states || {}).filter(([, n]) => n).map(([s, n]) => `${count(n)} ${s}`).join(", ")),
    tile("Messages", m.messages === undefined ? "–" : short(m.messages) + " /s", count(m.unread) + " unread"),
    tile("Memory", bytes(m.heap), m.memory_limit ? "of " + bytes(m.memory_limit) : bytes(m.charged) + " charged"),
    tile("Restarts", count(m.restarts)),
    tile("Dead letters", count(m.dead_letters)),
    tile("Up", age(life.node?.started), life.node?.version?.split(",")[0]));
  life.listen(path("metrics"), {}, {
    history: list => { list.forEach((m, i) => add(m, i < list.length - 1)); if (list.length) sum(list[list.length - 1]); },
    metrics: m => { add(m); sum(m); },
  });
  life.listen(path("events"), { kind: told, after: 0 }, { event: e => lines.add(e) });
}
