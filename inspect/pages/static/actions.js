import { el, process } from "./dom.js";
import { act, path } from "./api.js";

// actions are the buttons of what can be done to a process: {node, show(p)}. done is
// called when something has been.
export function actions(life, pid, done) {
  const told = el("span", { class: "hint", role: "status" });
  if (!life.node?.actions) {
    return { node: el("p", { class: "hint" }, life.node?.token ? "This node is read-only." : "Views only: actions need the token."), show() {} };
  }
  const acts = async (name, body, says) => {
    try {
      await act("POST", path("processes", pid, name), body);
      told.textContent = says;
      done();
    } catch (e) {
      told.textContent = e.message;
    }
  };
  const button = (title, what, strong) => el("button", { type: "button", class: strong && "strong", onclick: what }, title);
  const suspend = button("Suspend", () => acts("suspend", {}, "Suspended: it gets messages, but does not run."));
  const resume = button("Resume", () => acts("resume", {}, ""));
  const upgrade = button("Upgrade", () => acts("upgrade", {}, "It was told."));
  return {
    node: el("div", { class: "controls actions" },
      button("Send …", () => sending(life, pid, acts)), suspend, resume, upgrade,
      button("Cancel", () => sure(life, `Cancel ${pid}?`, "It is asked to stop, and killed if it does not within 10 seconds.", "Cancel it",
        () => acts("cancel", { grace: "10s", reason: "by the inspector" }, "It was told.")), true),
      button("Terminate", () => sure(life, `Terminate ${pid}?`, "It is killed at once, without a word.", "Terminate it",
        () => acts("terminate", {}, "")), true),
      told),
    // show offers what applies to the process as it is.
    show(p) {
      resume.hidden = p.state !== "suspended";
      suspend.hidden = !resume.hidden || !!p.supervises;
      upgrade.hidden = !p.options?.upgradable;
    },
  };
}

// dialog opens a form; Escape and "Leave it" close it.
function dialog(life, title, ...inside) {
  const d = el("dialog", { "aria-label": title, onclose: () => d.remove() }, ...inside);
  document.body.append(d);
  life.onend(() => d.close());
  d.showModal();
  return d;
}

function sure(life, title, text, word, then) {
  const d = dialog(life, title, el("form", { method: "dialog", onsubmit: e => e.submitter?.value === "yes" && then() },
    el("h2", {}, title), el("p", {}, text),
    el("div", { class: "controls" }, el("button", { value: "no" }, "Leave it"), el("button", { class: "strong", value: "yes" }, word))));
  d.querySelector("button").focus();
}

function sending(life, pid, acts) {
  const topic = el("input", { required: true }), payload = el("textarea", { rows: "4", class: "mono", spellcheck: "false" });
  const told = el("p", { class: "level-error", role: "status" });
  const d = dialog(life, "Send a message", el("form", { onsubmit: e => {
    e.preventDefault();
    let payloads = [];
    try {
      if (payload.value.trim()) payloads = [JSON.parse(payload.value)];
    } catch (wrong) {
      told.textContent = wrong.message;
      return;
    }
    d.close();
    acts("send", { topic: topic.value, payloads }, "sent");
  } }, el("h2", {}, "Send a message to ", process(pid)),
  el("label", {}, "Topic", topic), el("label", {}, "Payload, in JSON; empty for none", payload), told,
  el("div", { class: "controls" }, el("button", { type: "button", onclick: () => d.close() }, "Leave it"), el("button", { class: "main" }, "Send"))));
}
