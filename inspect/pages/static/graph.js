// The processes that one process is linked to or monitors, around it.
import { el, svg, table, process, address } from "./dom.js";

const MOST = 36; // that are drawn; the list names all

export function graph(p) {
  const peers = new Map(); // by PID: how both are related
  const relate = (list, how) => list.forEach(pid => {
    if (!peers.has(pid)) peers.set(pid, { pid, entry: p.peers?.[pid] || "", how: [] });
    peers.get(pid).how.push(how);
  });
  relate(p.links, "linked");
  relate(p.watching, "monitored by it");
  relate(p.watchers, "monitors it");
  const all = [...peers.values()];
  if (!all.length) return el("p", { class: "empty" }, "None.");
  return [
    el("div", { class: "drawing" }, picture(p, all.slice(0, MOST))),
    el("p", { class: "hint" }, "Dotted: linked. An arrow leads to whom is monitored."),
    all.length > MOST ? el("p", { class: "hint" }, `${all.length - MOST} more are not drawn.`) : null,
    el("details", {}, el("summary", { class: "hint" }, `As a list (${all.length})`), table("links and monitors", [
      { title: "Process", cell: x => process(x.pid) }, { title: "Entry", cell: x => x.entry }, { title: "Relation", cell: x => x.how.join(", ") },
    ], all)),
  ];
}

// picture puts the process on the left and the others on the right, in columns, as many
// as there are: so that each can be read on any screen.
function picture(p, peers) {
  const W = 184, H = 40, GAP = 10, WIDE = 84;
  const height = Math.max(1, peers.length) * (H + GAP) + GAP, width = 2 * W + WIDE + 2 * GAP;
  const middle = height / 2;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${p.pid} and ${peers.length} processes that are linked to it or monitored` },
    peers.map((peer, i) => {
      const y = GAP + i * (H + GAP) + H / 2, from = GAP + W, to = width - GAP - W;
      const curve = shift => `M${from} ${middle + shift}C${from + WIDE / 2} ${middle + shift} ${to - WIDE / 2} ${y + shift} ${to} ${y + shift}`;
      return [
        peer.how.includes("linked") && svg("path", { class: "arrow link", d: curve(-3) }),
        peer.how.includes("monitored by it") && [svg("path", { class: "arrow monitor", d: curve(3) }), svg("path", { class: "tip monitor", d: `M${to} ${y + 3}l-8 -4v8z` })],
        peer.how.includes("monitors it") && [svg("path", { class: "arrow monitor", d: curve(7) }), svg("path", { class: "tip monitor", d: `M${from} ${middle + 7}l8 -4v8z` })],
        box(peer, width - GAP - W, y - H / 2, W, H, false),
      ];
    }),
    box(p, GAP, middle - H / 2, W, H, true));
  return drawn;
}

function box(p, x, y, w, h, own) {
  const text = (s, dy, name) => svg("text", { x: x + 10, y: y + dy, class: name }, shortened(s, 24));
  const inside = [svg("title", {}, `${p.entry} ${p.pid}`), svg("rect", { class: own ? "box own" : "box", x, y, width: w, height: h, rx: 7 }),
    text(p.entry || p.pid, p.entry ? 17 : 24), p.entry ? text(p.pid, 32, "small") : null];
  return own || !p.pid.startsWith("{") ? svg("g", {}, inside) : svg("a", { href: address("process", p.pid), "aria-label": `${p.entry} ${p.pid}` }, inside);
}

// shortened keeps the end, where names differ.
export const shortened = (s, n) => s.length > n ? "…" + s.slice(s.length - n + 1) : s;
