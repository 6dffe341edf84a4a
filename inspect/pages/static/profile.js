import { el, show, table, entry } from "./dom.js";
import { path } from "./api.js";
import { bytes } from "./say.js";
import { flame, grown } from "./flame.js";

export async function profile(main, life, _, given) {
  const of = el("select", {}, el("option", { value: "" }, "time"), el("option", { value: "true", selected: given.memory === "true" }, "memory"));
  const time = el("select", {}, ["2s", "10s", "30s", "60s"].map(t => el("option", { selected: t === "10s" }, t)));
  const only = el("input", { value: given.entry || "", placeholder: "all entries" });
  const start = el("button", { class: "main" }, "Start");
  const said = el("span", { class: "hint", role: "status" });
  const drawing = el("div", { class: "drawing", hidden: true }), list = el("div", {});
  const lasts = el("label", {}, "For", time);
  let root, chosen, memory;
  of.addEventListener("change", () => { lasts.hidden = of.value === "true"; });
  lasts.hidden = of.value === "true";

  show(main, el("h1", {}, "Profile"), el("p", { class: "lead" }, "In which functions of scripts the time is spent, or to which entries the memory is charged."),
    el("form", { class: "controls", onsubmit: begin }, el("label", {}, "Of", of), lasts, el("label", {}, "Entry", only), start, said), drawing, list);

  async function begin(e) {
    e.preventDefault();
    start.disabled = true;
    memory = of.value === "true";
    said.textContent = memory ? "" : `Looking for ${time.value}.`;
    try {
      const got = await life.get(path("profile"), { for: time.value, entry: only.value.trim(), memory: of.value });
      root = chosen = grown(got.stacks, memory ? s => s.bytes : s => s.time);
      said.textContent = memory ? "" : root.all ? `${amount(root.all)} on workers in ${got.took.toFixed(1)} s.` : `No process ran in ${got.took.toFixed(1)} s.`;
      draw();
    } catch (refused) {
      if (!life.over) said.textContent = refused.message;
    }
    start.disabled = false;
  }

  const amount = n => memory ? bytes(n) : n < 1 ? (n * 1000).toFixed(0) + " ms" : n.toFixed(2) + " s";
  const share = n => (100 * n / root.all).toFixed(1) + " %";
  const say = node => `${node.name}${node.file && !node.name.includes(node.file) ? " in " + node.file : ""}: ${amount(node.all)}, ${share(node.all)}` + (node.below.size && node.own ? `; ${amount(node.own)} of its own` : "");

  function draw() {
    if (life.over || !root) return;
    drawing.hidden = !root.all;
    if (!root.all) return show(list, null);
    const width = Math.max(280, drawing.clientWidth - 2 || 600);
    show(drawing, flame(root, chosen, width, say, node => {
      chosen = node === chosen && node.above ? node.above : node;
      draw();
      drawing.querySelector('[aria-pressed="true"]')?.focus({ preventScroll: true });
    }));
    show(list, functions());
  }
  const resized = () => draw();
  addEventListener("resize", resized);
  life.onend(() => removeEventListener("resize", resized));

  // functions is a table of those with most of their own, wherever they are called.
  function functions() {
    const rows = new Map();
    const add = (node, above) => {
      const key = node.name + "\n" + node.file;
      const row = rows.get(key) || { name: node.name, file: node.file, entry: node.depth === 1, own: 0, all: 0 };
      rows.set(key, row);
      row.own += node.own;
      if (!above.has(key)) row.all += node.all;
      for (const below of node.below.values()) add(below, new Set(above).add(key));
    };
    for (const node of root.below.values()) add(node, new Set());
    const list = [...rows.values()].filter(r => !r.entry || r.own).sort((a, b) => b.own - a.own || b.all - a.all).slice(0, 30);
    return table("functions", [
      { title: memory ? "Entry" : "Function", cell: r => r.entry ? entry(r.name) : r.name, wide: true },
      ...memory ? [] : [{ title: "File", cell: r => r.file }],
      { title: memory ? "Charged" : "Own", cell: r => amount(r.own), number: true },
      { title: "Share", cell: r => share(r.own), number: true },
      ...memory ? [] : [{ title: "With calls", cell: r => amount(r.all), number: true }, { title: "Share", cell: r => share(r.all), number: true }],
    ], list);
  }
}
