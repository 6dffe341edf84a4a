// A trace as a sequence diagram: a column for each process, time goes down.
import { svg, address } from "./dom.js";
import { shortened } from "./graph.js";

const COLUMN = 168, ROW = 30, HEAD = 50, LEFT = 72, MOST = 400;

// sequence draws the events of a trace, the last of them if there are many: the heads of
// the columns, which stay in view, and what happens below them.
export function sequence(events) {
  const shown = events.slice(-MOST), columns = new Map(); // by PID
  const column = (pid, entry) => {
    if (!pid) return undefined;
    if (!columns.has(pid)) columns.set(pid, { x: LEFT + columns.size * COLUMN + COLUMN / 2, pid, entry });
    const c = columns.get(pid);
    c.entry ||= entry;
    return c;
  };
  for (const e of shown) { column(e.pid, e.entry); column(e.peer, e.peer_entry); }
  const width = LEFT + Math.max(1, columns.size) * COLUMN + 12, height = shown.length * ROW + 16;
  const sent = new Set(shown.filter(e => e.kind === "send").map(e => e.message));
  const start = shown.length ? Date.parse(shown[0].at) : 0;
  return [
    svg("svg", { class: "heads", viewBox: `0 0 ${width} ${HEAD}`, width, height: HEAD, role: "group", "aria-label": "processes" }, [...columns.values()].map(head)),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${shown.length} events between ${columns.size} processes; the list below tells them` },
      [...columns.values()].map(c => svg("line", { class: "life", x1: c.x, x2: c.x, y1: 0, y2: height - 8 })),
      shown.map((e, i) => {
        const y = i * ROW + ROW / 2 + 4;
        return svg("g", {}, svg("title", {}, words(e)), svg("text", { class: "mark end", x: LEFT - 10, y: y + 4 }, "+" + ((Date.parse(e.at) - start) / 1000).toFixed(3)),
          step(e, y, columns.get(e.pid), columns.get(e.peer), sent));
      })),
  ];
}

function head(c) {
  const x = c.x - COLUMN / 2 + 8, w = COLUMN - 16;
  const inside = [svg("title", {}, `${c.entry || ""} ${c.pid}`), svg("rect", { class: "box", x, y: 6, width: w, height: 38, rx: 7 }),
    svg("text", { class: "middle", x: c.x, y: c.entry ? 22 : 29 }, shortened(c.entry || c.pid, 21)),
    c.entry ? svg("text", { class: "middle small", x: c.x, y: 37 }, shortened(c.pid, 24)) : null];
  return c.pid.startsWith("{") ? svg("a", { href: address("process", c.pid) }, inside) : svg("g", {}, inside);
}

const styles = { spawn: "spawn", exit: "exit", lost: "exit", link: "link", unlink: "link", monitor: "monitor", timer: "timer" };

// step draws one event: an arrow if somebody else has part in it, else a mark. A message
// that was seen when it was sent is a mark where it is read.
function step(e, y, own, other, sent) {
  const kind = styles[e.kind] || "", message = e.kind === "send" || e.kind === "receive";
  const label = shortened([message || e.topic === e.kind ? "" : e.kind, e.topic, e.reason].filter(Boolean).join(" "), 26);
  if (!own) return null;
  if (other && other !== own && !(e.kind === "receive" && sent.has(e.message))) {
    if (e.kind === "receive") [own, other] = [other, own];
    const right = other.x > own.x, to = other.x - (right ? 2 : -2), back = right ? -8 : 8;
    return [
      svg("path", { class: "arrow " + kind, d: `M${own.x} ${y}H${to}` }),
      svg("path", { class: "tip " + kind, d: `M${to} ${y}l${back} -4.5v9z` }),
      svg("text", { class: "middle small", x: (own.x + other.x) / 2, y: y - 5 }, label),
    ];
  }
  const mark = kind === "exit" ? svg("path", { class: "arrow exit", d: `M${own.x - 5} ${y - 5}l10 10m0 -10l-10 10` })
    : svg("circle", { class: "tip " + kind, cx: own.x, cy: y, r: e.kind === "receive" ? 3 : 4 });
  return [mark, svg("text", { class: "small", x: own.x + 10, y: y + 4 }, label)];
}

// words tells an event in a line.
export function words(e) {
  return [e.kind, e.topic, e.peer && "· " + e.peer, e.reason, e.payloads?.length && e.payloads.map(p => JSON.stringify(p)).join(", "), e.error && (e.error.message || e.error)].filter(Boolean).join(" ");
}
