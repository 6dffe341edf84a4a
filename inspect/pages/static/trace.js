import { el, show, process } from "./dom.js";
import { act, path } from "./api.js";
import { clock } from "./say.js";
import { sequence, words } from "./sequence.js";

const MOST = 2000; // events that are kept

export async function trace(main, life, [given = ""]) {
  const target = el("input", { class: "long", required: true, value: given, placeholder: "PID, entry or topic" });
  const time = el("select", {}, ["5s", "10s", "30s", "60s"].map(t => el("option", { selected: t === "10s" }, t)));
  const rate = el("select", {}, ["100", "1000", "10000"].map(r => el("option", { selected: r === "1000" }, r)));
  const payloads = el("input", { type: "checkbox" });
  const start = el("button", { class: "main" }, "Start"), stop = el("button", { type: "button", disabled: true, onclick: () => end(true) }, "Stop");
  const said = el("span", { class: "hint", role: "status" });
  const drawing = el("div", { class: "drawing tall", tabindex: "0", role: "region", "aria-label": "sequence diagram", hidden: true });
  const list = el("ol", { class: "stream" }), listed = el("details", { hidden: true }, el("summary", { class: "hint" }, "As a list"), list);
  let events = [], running, due;
  const allowed = life.node?.actions;
  start.disabled = !allowed;

  show(main, el("h1", {}, "Trace"), el("p", { class: "lead" }, "What is sent, received, started and ended by one process, an entry, or with a topic."),
    el("form", { class: "controls", onsubmit: begin },
      el("label", {}, "Of", target), el("label", {}, "For", time), el("label", {}, "At most a second", rate),
      el("label", { class: "check" }, payloads, "with payloads"), start, stop, said),
    allowed ? null : el("p", { class: "hint" }, "Views only: traces need the token."), drawing, listed);

  async function begin(e) {
    e.preventDefault();
    await end(true);
    events = [];
    draw();
    try {
      const { id } = await act("POST", path("traces"), { of: target.value.trim(), for: time.value, rate: +rate.value, payloads: payloads.checked });
      if (life.over) return void act("DELETE", path("traces", id));
      running = id;
      life.listen(path("traces", id), {}, {
        event: x => { if (running === id) { events.push(x); if (events.length > MOST) events.shift(); due ??= requestAnimationFrame(draw); } },
        end: x => running === id && end(false, x),
      });
      start.disabled = true;
      stop.disabled = false;
      said.textContent = "Tracing.";
    } catch (refused) {
      said.textContent = refused.message;
    }
  }

  // end stops the trace: ours to stop, or the node says that it is over.
  async function end(ours, told) {
    if (!running) return;
    const id = running;
    running = undefined;
    start.disabled = !allowed;
    stop.disabled = true;
    said.textContent = `Stopped: ${events.length} events.` + (told?.missed ? ` ${told.missed} came too fast.` : "");
    if (ours) await act("DELETE", path("traces", id)).catch(e => life.failed(e));
  }
  life.onend(() => end(true));

  function draw() {
    due = undefined;
    if (life.over) return;
    drawing.hidden = listed.hidden = !events.length;
    const below = drawing.scrollHeight - drawing.scrollTop - drawing.clientHeight < 60;
    show(drawing, events.length ? sequence(events) : null);
    if (below) drawing.scrollTop = drawing.scrollHeight;
    show(list, events.slice(-400).map(e => el("li", {}, el("time", { datetime: e.at }, clock(e.at)), process(e.pid), el("span", { class: "what" }, words(e)))));
    if (running) said.textContent = `Tracing: ${events.length} events.`;
  }
}
