import { el, show, process, entry, state } from "./dom.js";
import { path } from "./api.js";
import { age, count, seconds } from "./say.js";
import { failure } from "./events.js";

const LIT = 2500; // milliseconds for which what has changed is lit up, as the style has it
const FEW = 50; // children that are drawn at once

// kinds of events after which the tree is another
const kinds = ["service.state", "child.restarted", "process.started", "process.ended"];

export async function tree(main, life) {
  const root = el("ul", { class: "tree block", "aria-label": "supervision tree" });
  const connection = el("span", { class: "hint", role: "status" });
  show(main, el("h1", {}, "Supervision"),
    el("p", { class: "lead" }, "Services and supervisors with their children, live. ", connection), root);
  const nodes = new Map(); // by path in the tree: what was seen last, and since when
  const unfolded = new Set();

  const draw = (list, parent) => list.map(n => {
    const key = parent + "/" + (n.id ?? n.entry);
    const before = nodes.get(key), seen = JSON.stringify([n.pid, n.state, n.restarts]);
    if (before?.seen !== seen) nodes.set(key, { seen, at: before ? Date.now() : 0 });
    const changed = Date.now() - nodes.get(key).at < LIT;
    const children = n.children || [], all = unfolded.has(key) || children.length <= FEW + 10;
    return el("li", { "data-id": n.id ?? n.entry },
      el("div", { class: changed ? "node changed" : "node" },
        state(n.kind === "service" && n.state === "waiting" ? "restarting" : n.state), el("span", { class: "name" }, n.entry && n.entry !== n.id ? [n.id, " ", entry(n.entry)] : entry(n.id ?? n.entry)),
        process(n.pid),
        n.restarts ? el("span", { class: "restarts" }, n.restarts === 1 ? "1 restart" : count(n.restarts) + " restarts") : null,
        n.strategy ? el("span", { class: "about" }, `${n.strategy}, ${n.intensity} in ${seconds(n.period)}`) : null,
        n.restart && n.restart !== "permanent" ? el("span", { class: "about" }, n.restart) : null,
        n.since && n.state === "running" ? el("span", { class: "about" }, age(n.since)) : null,
        n.error ? el("span", { class: n.state === "running" ? "error past" : "error" }, n.state === "running" ? "before: " : "", failure(n.error)) : null),
      children.length ? el("ul", {}, draw(all ? children : children.slice(0, FEW), key)) : null,
      n.more || !all ? el("p", { class: "hint" }, `${count((n.more || 0) + (all ? 0 : children.length - FEW))} more `,
        all ? null : el("button", { type: "button", onclick: () => { unfolded.add(key); update(); } }, "Show them")) : null);
  });

  let last = "";
  const update = life.every(5000, async () => {
    const { tree } = await life.get(path("tree"));
    // What stands still is not drawn anew, but for the ages.
    const text = JSON.stringify(tree) + Math.floor(Date.now() / 10000);
    if (text === last && root.childElementCount) return;
    last = text;
    show(root, draw(tree, ""));
    if (!tree.length) show(root, el("li", { class: "empty" }, "No services."));
  });

  // An event says that there is something new; what, is asked.
  life.listen(path("events"), { kind: kinds.join(",") }, { event: () => update.soon() },
    s => { connection.textContent = s === "live" ? "" : "Connecting."; update(); });
  await life.first;
}
