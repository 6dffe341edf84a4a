import { el, show, table, process, entry } from "./dom.js";
import { path } from "./api.js";
import { clock, count } from "./say.js";

export async function letters(main, life) {
  const tiles = el("dl", { class: "tiles" }), rows = el("div");
  show(main, el("h1", {}, "Dead letters"), el("p", { class: "lead" }, "Messages that reached nobody, the newest first."), tiles, rows);
  life.every(2000, async () => {
    const { letters, reasons } = await life.get(path("dead-letters"));
    show(tiles, Object.entries(reasons || {}).map(([name, n]) => el("div", {}, el("dt", {}, name), el("dd", {}, count(n)))));
    show(rows, table("dead letters", [
      { title: "At", cell: l => clock(l.at) },
      { title: "Reason", cell: l => l.reason },
      { title: "Topic", cell: l => el("code", {}, l.topic) },
      { title: "To", cell: l => process(l.to) },
      { title: "Entry", cell: l => entry(l.entry) },
      { title: "From", cell: l => process(l.from) },
    ], letters, "None so far."));
  });
  await life.first;
}
