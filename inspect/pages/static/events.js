import { el, show, process, entry } from "./dom.js";
import { path } from "./api.js";
import { clock, count, seconds, value } from "./say.js";

const MOST = 300; // lines that are kept

// Lines shows a stream, the newest first: what comes within a frame is drawn at once, and
// no more is kept than can be read.
export class Lines {
  constructor(life, draw, most = MOST) {
    Object.assign(this, { life, draw, most, waiting: [], missed: 0, paused: false });
    this.node = el("ol", { class: "stream", reversed: true });
    this.count = el("span", { class: "hint", role: "status" });
    this.pause = el("button", { type: "button", "aria-pressed": "false", onclick: () => this.toggle() }, "Pause");
  }

  toggle() {
    this.paused = !this.paused;
    this.pause.setAttribute("aria-pressed", this.paused);
    this.pause.textContent = this.paused ? "Go on" : "Pause";
    this.flush();
  }

  add(item) {
    this.waiting.push(item);
    if (this.waiting.length > this.most) {
      this.waiting.shift();
      this.missed++;
    }
    if (!this.due) this.due = requestAnimationFrame(() => this.flush());
  }

  // miss says that the node sent less than there was.
  miss(n) { this.missed += n; }

  flush() {
    this.due = undefined;
    if (this.life.over) return;
    this.count.textContent = (this.paused ? `${this.waiting.length} waiting` : "") +
      (this.missed ? ` ${this.missed} came too fast to be shown` : "");
    if (this.paused) return;
    const lines = this.waiting.map(item => this.draw(item)).filter(Boolean);
    this.waiting = [];
    this.node.prepend(...lines.reverse());
    while (this.node.childElementCount > this.most) this.node.lastElementChild.remove();
  }
}

// event is an event as a line.
export function event(e) {
  return el("li", { class: "event" },
    el("time", { datetime: e.at }, clock(e.at)),
    el("span", { class: "kind" }, e.kind),
    el("span", { class: "what" }, about(e)));
}

// about says what an event is about, as nodes with what leads further.
export function about(e) {
  const parts = [];
  const say = (thing, before = "") => { if (thing !== "" && thing !== undefined && thing !== null) parts.push(parts.length ? " " : "", before, thing); };
  say(entry(e.service || e.entry));
  say(process(e.pid));
  say(e.child, "child ");
  say(e.topic && el("code", {}, e.topic), "topic ");
  if (e.to !== e.pid) say(process(e.to), "to ");
  say(process(e.peer), e.kind === "dead.letter" ? "from " : e.kind === "process.ended" ? "with " : "of ");
  say(e.function && el("code", {}, e.function));
  say(entry(e.resource), "of ");
  say(e.where && el("code", {}, e.where), "at ");
  if (e.reason !== e.error?.message) say(e.reason);
  say(e.restarts, "restart ");
  say(e.delay ? seconds(e.delay) : "", "in ");
  say(e.took ? seconds(e.took) : "", "took ");
  say(e.count ? count(e.count) : "", counted[e.kind]);
  if (e.error) say(el("span", { class: "level-error" }, failure(e.error)));
  return parts;
}

// counted says what the number of an event counts.
const counted = { "mailbox.long": "unread ", "slice.long": "steps ", cascade: "killed ", "child.restarted": "siblings " };

// failure writes an error.
export function failure(error) {
  if (typeof error === "string") return error;
  return [error.kind, error.message].filter(Boolean).join(": ") || value(error);
}

// kinds are those of events, for whoever wants only some.
const kinds = ["process.started", "process.ended", "link.made", "link.down", "service.state", "child.restarted", "dead.letter", "cascade",
  "outside.done", "outside.stuck", "mailbox.long", "slice.long", "grace.expired"];

export async function events(main, life, _, { kind = "" }) {
  const lines = new Lines(life, event);
  const connection = el("span", { class: "state state-connecting", role: "status" }, "connecting");
  const choose = el("select", { onchange: e => location.hash = "#/events" + (e.target.value ? "?kind=" + encodeURIComponent(e.target.value) : "") },
    el("option", { value: "" }, "all"), kinds.map(k => el("option", { selected: k === kind }, k)));
  show(main, el("h1", {}, "Events"),
    el("div", { class: "controls" }, el("label", {}, "Kind", choose), lines.pause, connection, lines.count),
    lines.node);
  life.listen(path("events"), { kind, after: 0 }, { event: e => lines.add(e), missed: m => lines.miss(m.count) }, s => {
    connection.textContent = s;
    connection.className = "state state-" + s;
  });
}
