// What the node has beside processes: hosts, names, groups, resources, and what is under
// way outside; and the last crash reports.
import { el, show, section, table, process, entry, state } from "./dom.js";
import { path } from "./api.js";
import { age, clock, count, seconds } from "./say.js";
import { failure } from "./events.js";

export async function system(main, life) {
  const parts = el("div");
  show(main, el("h1", {}, "System"), parts);
  life.every(3000, async () => {
    const [{ hosts }, { operations }, { resources }, { names }, { groups }] =
      await Promise.all(["hosts", "operations", "resources", "names", "groups"].map(x => life.get(path(x))));
    show(parts,
      section("Hosts", table("hosts", [
        { title: "Host", cell: h => entry(h.id) }, { title: "State", cell: h => state(h.state) },
        { title: "Workers", number: true, cell: h => count(h.workers) },
        { title: "Processes", number: true, cell: h => of(h.processes, h.max_processes) },
        { title: "Operations outside", number: true, cell: h => of(h.operations, h.max_outside) },
      ], hosts)),
      section("Operations under way outside", table("operations", [
        { title: "Operation", cell: o => el("code", {}, o.name) }, { title: "Process", cell: o => process(o.pid) },
        { title: "Entry", cell: o => entry(o.entry) }, { title: "Resource", cell: o => entry(o.resource) },
        { title: "For", number: true, cell: o => age(o.started) },
      ], operations)),
      section("Resources", table("resources", [
        { title: "Resource", cell: r => entry(r.id) }, { title: "Kind", cell: r => r.kind },
        { title: "Granted to", wide: true, cell: r => r.granted.map((id, i) => [i ? ", " : "", entry(id)]) },
      ], resources)),
      section("Names", table("names", [
        { title: "Name", cell: n => n.name }, { title: "Process", cell: n => process(n.pid) }, { title: "Entry", cell: n => entry(n.entry) },
      ], names)),
      section("Groups", table("groups", [
        { title: "Scope", cell: g => entry(g.scope) }, { title: "Group", cell: g => g.group },
        { title: "Members", wide: true, cell: g => members(g.members) },
      ], groups)));
  });
  await life.first;
}

const of = (n, most) => most ? `${count(n)} of ${count(most)}` : count(n);

const members = list => [list.slice(0, 20).map((pid, i) => [i ? ", " : "", process(pid)]), list.length > 20 ? ` and ${count(list.length - 20)} more` : ""];

export async function crashes(main, life) {
  const rows = el("div");
  show(main, el("h1", {}, "Crashes"), el("p", { class: "lead" }, "Processes that have failed, the newest first; the page of each has its report."), rows);
  life.every(2000, async () => {
    const { crashes } = await life.get(path("crashes"));
    show(rows, table("crashes", [
      { title: "At", cell: c => clock(c.at) }, { title: "Process", cell: c => process(c.pid) }, { title: "Entry", cell: c => entry(c.entry) },
      { title: "Error", wide: true, cell: c => failure(c.error) },
      { title: "Lived", number: true, cell: c => seconds(c.lived) },
      { title: "Unread", number: true, cell: c => count(c.unread) },
    ], crashes, "None so far."));
  });
  await life.first;
}
