// The frame around the pages: which one is shown, what it may use while it is, and
// whether the node answers.
import { el, show, link } from "./dom.js";
import { get, listen, path, redeem, Refused } from "./api.js";
import { age } from "./say.js";
import { overview } from "./overview.js";
import { processes } from "./processes.js";
import { process } from "./process.js";
import { tree } from "./tree.js";
import { events } from "./events.js";
import { trace } from "./trace.js";
import { profile } from "./profile.js";
import { logs } from "./logs.js";
import { letters } from "./letters.js";
import { entries, entry } from "./entries.js";
import { crashes, system } from "./lists.js";
import { signIn } from "./signin.js";

const menu = [
  ["", "Overview"], ["processes", "Processes"], ["tree", "Supervision"], ["events", "Events"],
  ["trace", "Trace"], ["profile", "Profile"], ["logs", "Logs"], ["crashes", "Crashes"], ["letters", "Dead letters"], ["entries", "Entries"], ["system", "System"],
];
const views = { "": overview, processes, process, tree, events, trace, profile, logs, crashes, letters, entries, entry, system };
const part = { process: "processes", entry: "entries" }; // of which entry of the menu a page is

// Life is how long a page is shown: what it started ends with it.
class Life {
  #ends = [];
  #over = new AbortController();
  node = frame.node;
  get signal() { return this.#over.signal; }
  get over() { return this.#over.signal.aborted; }

  end() {
    this.#over.abort();
    for (const end of this.#ends) end();
  }

  // onend has f called when the page is left.
  onend(f) { this.over ? f() : this.#ends.push(f); }

  get(address, parameters) { return get(address, parameters, this.signal); }

  // listen reads a stream while the page is shown.
  listen(address, parameters, handlers, onstate) {
    listen(address, parameters, handlers, { signal: this.signal, onstate, onrefused: e => this.failed(e) }).catch(e => this.failed(e));
  }

  // every does f now, and again each time that many milliseconds after it has been done, or
  // four times what that took: a node that has much to look through is not asked all the
  // time. Not while nobody sees the page. Gives what does it at once.
  every(ms, f) {
    let timer, took = 0, busy = false, again = false;
    const now = async () => {
      clearTimeout(timer);
      if (this.over) return;
      if (busy) { again = true; return; }
      if (!document.hidden) {
        busy = true;
        const begun = performance.now();
        try { await f(); frame.solved(); } catch (e) { this.failed(e); }
        busy = false;
        took = performance.now() - begun;
      }
      if (again) { again = false; return now(); }
      if (!this.over) timer = setTimeout(now, Math.max(ms, 4 * took));
    };
    const seen = () => document.hidden || now();
    document.addEventListener("visibilitychange", seen);
    this.onend(() => { clearTimeout(timer); document.removeEventListener("visibilitychange", seen); });
    this.first = now();
    // Soon is for who was told that something is new: at most ten times a second.
    let due;
    this.onend(() => clearTimeout(due));
    now.soon = () => { due ??= setTimeout(() => { due = undefined; now(); }, Math.max(100, 4 * took)); };
    return now;
  }

  // failed tells what was refused; the token that is missing is asked for.
  failed(e) {
    if (this.over || e.name === "AbortError") return;
    if (e instanceof Refused && e.status === 401) return frame.signIn();
    if (e instanceof Refused) return frame.problem(e.message);
    if (e instanceof TypeError && /fetch|network|load/i.test(e.message)) return frame.unreachable(); // no answer at all
    frame.problem(String(e));
    console.error(e);
  }
}

const frame = {
  node: undefined, // what the node says of itself
  life: undefined,
  main: document.getElementById("main"),
  connection: document.getElementById("connection"),

  // go shows the page of the address.
  async go() {
    const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("?")[0].split("/").map(decoded);
    const view = views[name] || missing;
    this.life?.end();
    const life = this.life = new Life();
    for (const a of document.querySelectorAll("#pages a")) {
      const here = a.dataset.page === (part[name] ?? name);
      here ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current");
      if (here) a.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.main.replaceChildren();
    try {
      await view(this.main, life, rest, parameters());
    } catch (e) {
      life.failed(e);
    }
    if (life.over) return;
    const head = this.main.querySelector("h1");
    document.title = (head ? head.textContent + " · " : "") + "Understudy";
    if (head && this.moved) {
      head.tabIndex = -1;
      head.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    this.moved = true;
  },

  problem(text) {
    this.main.querySelector(".problem")?.remove();
    const head = this.main.querySelector("h1");
    const told = el("p", { class: "problem", role: "alert" }, text);
    head ? head.after(told) : this.main.prepend(told);
  },

  // solved takes back what was wrong: it works again.
  solved() { this.main.querySelector(".problem")?.remove(); },

  unreachable() { show(this.connection, el("p", { class: "state state-lost" }, "no answer")); },

  signIn() {
    this.life.end();
    this.life = new Life();
    signIn(this.main, () => { this.ask(); this.go(); });
  },

  // ask asks the node who it is, which tells whether it answers.
  async ask() {
    try {
      const first = !this.node;
      this.node = await get(path("node"));
      if (this.life) this.life.node = this.node;
      const text = this.node.actions ? "live" : "live, views only";
      if (this.connection.dataset.text !== text || first) {
        show(this.connection, el("p", { class: "state state-live" }, text), el("p", { class: "detail" }));
        this.connection.dataset.text = text;
      }
      const detail = this.connection.querySelector(".detail");
      if (detail) detail.textContent = "up " + age(this.node.started);
    } catch (e) {
      delete this.connection.dataset.text;
      if (e instanceof Refused && e.status === 401) show(this.connection, el("p", { class: "state" }, "token needed"));
      else this.unreachable();
    }
  },
};

const decoded = text => {
  try { return decodeURIComponent(text); } catch { return text; }
};

const parameters = () => Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] || ""));

function missing(main) {
  main.append(el("h1", {}, "No such page"), el("p", {}, link("To the overview", "")));
}

show(document.getElementById("pages"), menu.map(([name, title]) =>
  el("li", {}, el("a", { href: "#/" + name, "data-page": name }, title))));
addEventListener("hashchange", () => frame.go());
document.querySelector(".skip").addEventListener("click", e => { e.preventDefault(); frame.main.focus(); });
await redeem().catch(() => {}); // a code that was used already: then the token is asked for
await frame.ask();
setInterval(() => document.hidden || frame.ask(), 5000);
frame.go();
