import { el, show, table, facts, section, entry as entryLink, link } from "./dom.js";
import { path } from "./api.js";
import { count, bytes, value } from "./say.js";

// ofEntry is the address of the processes of an entry.
const ofEntry = id => "#/processes?entry=" + encodeURIComponent(id);

export async function entries(main, life) {
  const { entries } = await life.get(path("entries"));
  const rows = el("div");
  const find = el("input", { type: "search", class: "long", oninput: () => draw() });
  const draw = () => show(rows, table("entries", [
    { title: "Entry", cell: e => entryLink(e.id) },
    { title: "Kind", cell: e => e.kind },
    { title: "Engine", cell: e => e.engine || "" },
    { title: "Processes", number: true, cell: e => e.processes === undefined ? "" : e.processes ? el("a", { href: ofEntry(e.id) }, count(e.processes)) : "0" },
  ], entries.filter(e => (e.id + " " + e.kind).toLowerCase().includes(find.value.toLowerCase()))));
  show(main, el("h1", {}, "Entries"), el("div", { class: "controls" }, el("label", {}, "With the text", find)), rows);
  draw();
}

export async function entry(main, life, [id], { line }) {
  show(main, el("h1", {}, id));
  const e = await life.get(path("entries", id));
  const rest = Object.entries(e.definition || {});
  show(main, el("h1", {}, id), el("p", { class: "lead" }, [e.kind, e.engine].filter(Boolean).join(" · ")),
    facts([
      ["Processes", e.processes ? el("a", { href: ofEntry(id) }, count(e.processes)) : count(e.processes)],
      ["Defined at", e.at], ["Code", e.file], ["Memory charged", bytes(e.memory)],
      ...rest.map(([name, v]) => [name, typeof v === "object" ? el("code", {}, value(v)) : value(v)]),
    ]),
    el("p", { class: "controls" }, link("Trace it", "trace", id)),
    e.source === undefined ? null : section("Source", el("ol", { class: "source", tabindex: "0" },
      e.source.replace(/\n$/, "").split("\n").map((text, i) => el("li", { class: i + 1 === +line && "here" }, text)))));
  main.querySelector("li.here")?.scrollIntoView({ block: "center" });
}
