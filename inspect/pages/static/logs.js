import { el, show, process, entry } from "./dom.js";
import { path } from "./api.js";
import { clock, value } from "./say.js";
import { Lines } from "./events.js";

const levels = ["DEBUG", "INFO", "WARN", "ERROR"];

// record is a record of the log as a line; its blocks, stacks and histories, stand below.
function record(r) {
  const fields = (r.fields || []).map(f => [f.name, f.value]);
  const blocks = fields.filter(([, v]) => typeof v === "string" && v.includes("\n"));
  return el("li", {},
    el("time", { datetime: r.at }, clock(r.at)),
    el("span", { class: "level-" + r.level }, r.level),
    el("div", { class: "what" }, r.message, " ",
      el("span", { class: "fields" }, fields.filter(f => !blocks.includes(f)).map(([name, v]) => [` ${name}=`, shown(name, v)])),
      blocks.map(([name, v]) => el("pre", {}, `${name}:\n${v}`))));
}

const shown = (name, v) => name === "entry" ? entry(v) : /^(pid|peer|from|to|supervisor)$/.test(name) ? process(v) : value(v);

export async function logs(main, life, _, { level = "", text = "" }) {
  const lines = new Lines(life, r => {
    if (text && !JSON.stringify(r).toLowerCase().includes(text.toLowerCase())) return null;
    return record(r);
  });
  const again = () => location.hash = "#/logs?" + new URLSearchParams(Object.entries({ level: choose.value, text: find.value }).filter(([, v]) => v));
  const choose = el("select", { onchange: again }, el("option", { value: "" }, "all"), levels.slice(1).map(l => el("option", { selected: l === level }, l)));
  const find = el("input", { type: "search", value: text, class: "long" });
  show(main, el("h1", {}, "Logs"),
    el("form", { class: "controls", onsubmit: e => { e.preventDefault(); again(); } },
      el("label", {}, "Level, and above", choose), el("label", {}, "With the text", find), lines.pause, lines.count),
    lines.node);
  life.listen(path("logs"), { level, after: 0 }, { log: r => lines.add(r), missed: m => lines.miss(m.count) });
}
