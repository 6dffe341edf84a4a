import { el, show, facts, section, table, process as processLink, entry, state, link, address } from "./dom.js";
import { path, Refused } from "./api.js";
import { age, bytes, clock, count, short, value } from "./say.js";
import { actions } from "./actions.js";
import { graph } from "./graph.js";
import { failure } from "./events.js";

export async function process(main, life, [pid]) {
  const head = el("h1", {}, el("span", { class: "pid" }, pid)), lead = el("p", { class: "lead" });
  const now = el("div"), messages = el("div");
  let ended = false, file; // of its entry
  const what = actions(life, pid, () => update());
  show(main, head, lead, what.node, now, messages);

  // draw shows what is known; what somebody has unfolded stays so.
  const parts = new Map();
  const draw = (name, node) => {
    if (!parts.has(name)) {
      parts.set(name, el("div"));
      now.append(parts.get(name));
    }
    show(parts.get(name), node);
  };
  let links = "";

  const update = life.every(250, async () => {
    if (ended) return;
    let p;
    try {
      p = await life.get(path("processes", pid));
    } catch (e) {
      if (!(e instanceof Refused) || e.status !== 404 && e.status !== 410) throw e;
      ended = true;
      const seen = now.childElementCount > 0;
      if (e.error.report) draw("crash", section("Crash report", report(e.error.report)));
      show(lead, state("ended"), seen ? " · what it was when it was last seen stands below" : e.error.report ? "" : " · no process has this PID now");
      what.node.remove();
      return;
    }
    what.show(p);
    file ??= await sourceOf(life, p.entry);
    show(lead, state(p.state), " · ", entry(p.entry), p.engine ? " · " + p.engine : "", p.names?.length ? " · " + p.names.join(", ") : "");
    draw("facts", facts([
      ["Age", age(p.started)], ["Host", p.host], ["Waits for", p.doing],
      ["Supervisor", processLink(p.supervisor)],
      ["Groups", p.groups.map(g => `${g.scope} ${g.group}`).join(", ")],
      ["Messages received", count(p.received)], ["Messages sent", count(p.sent)],
      ["Steps", short(p.steps)],
      ["Unread", count(p.unread)], ["Memory charged", bytes(p.memory)],
    ]));
    draw("coroutines", p.coroutines?.length ? section("Coroutines", coroutines(p, file),
      p.stacks ? null : el("p", { class: "hint" }, "Where they stand is not known: one operation of the interpreter lasts.")) : null);
    draw("limits", p.limits?.length ? section("Limits", limits(p.limits)) : null);
    const seen = JSON.stringify([p.links, p.watchers, p.watching]);
    if (seen !== links) {
      links = seen;
      draw("graph", section("Links and monitors", graph(p)));
    }
    draw("operations", p.operations?.length ? section("Operations under way", table("operations", [
      { title: "Operation", cell: o => el("code", {}, o.name) }, { title: "Resource", cell: o => entry(o.resource) },
      { title: "For", number: true, cell: o => age(o.started) },
    ], p.operations)) : null);
    draw("handles", p.handles?.length ? section("Handles held", table("handles", [
      { title: "Type", cell: h => h.type }
    ], p.handles)) : null);
    draw("options", p.options && Object.keys(p.options).length ? section("Options", facts(Object.entries(p.options).map(([k, v]) => [k, value(v)]))) : null);
    draw("context", p.context?.length ? section("Context", facts(p.context.map(c => [value(c.key), value(c.value)]))) : null);
    draw("history", p.history?.length ? section("Restarts", table("restarts", [
      { title: "At", cell: h => clock(h.at) }, { title: "Ended by", wide: true, cell: h => failure(h.error) },
    ], p.history)) : null);
    draw("crash", p.crash ? section("Last crash report", report(p.crash)) : null);
  });
  await life.first;
  if (ended) return;

  // The first messages of the mailbox are payloads of others: shown on request.
  const rows = el("div");
  show(messages, section("Mailbox",
    el("div", { class: "controls" }, el("button", { type: "button", onclick: async () => {
      try {
        const { messages } = await life.get(path("processes", pid, "mailbox"), { limit: 20 });
        show(rows, table("first messages", [
          { title: "Topic", cell: m => el("code", {}, m.topic) }, { title: "From", cell: m => processLink(m.from) },
          { title: "Payloads", wide: true, cell: m => el("code", {}, (m.payloads || []).map(value).join(", ")) },
        ], messages, "It is empty."));
      } catch (e) { life.failed(e); }
    } }, "Show its first messages"), link("Trace it", "trace", pid)), rows));
}

// report is a crash report; its text says all of it.
const report = r => el("pre", { class: "block", tabindex: "0" }, r.text || JSON.stringify(r, null, 2));

// sourceOf gives the file of an entry's code, "" if there is none.
const sourceOf = async (life, id) => {
  try { return (await life.get(path("entries", id))).file || ""; } catch { return ""; }
};

// coroutines shows each with its stack; lines of the entry's own code lead there.
const coroutines = (p, file) => el("ol", { class: "stream coroutines" }, p.coroutines.map(c => el("li", {},
  el("span", {}, c.name), state(c.state),
  el("div", { class: "what" }, c.waiting || "",
    c.stack.length ? el("pre", {}, c.stack.map((f, i) => [i ? "\n" : "", frame(p.entry, f, file)])) : null))));

function frame(id, f, file) {
  const at = f.file + (f.line ? ":" + f.line : "");
  const own = file && (file === f.file || file.endsWith("/" + f.file)) && f.line;
  return [own ? el("a", { href: `${address("entry", id)}?line=${f.line}` }, at) : at, f.function ? " in " + f.function : ""];
}

const limits = list => el("dl", { class: "facts" }, list.map(l => el("div", {}, el("dt", {}, l.name),
  el("dd", {}, (l.unit === "bytes" ? bytes : count)(l.used), " of ", (l.unit === "bytes" ? bytes : count)(l.limit), bar(l.used / l.limit)))));

function bar(part) {
  const inside = el("i", { class: part > .8 && "much" });
  inside.style.width = Math.min(100, 100 * part) + "%";
  return el("span", { class: "bar", "aria-hidden": "true" }, inside);
}
