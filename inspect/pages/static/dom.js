// What pages are made of. Text from the runtime becomes text nodes, here and nowhere
// else: nothing that a script writes is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

// el makes an element. Properties: "on..." are listeners, true and false set and leave
// out an attribute, everything else is an attribute. Children: nodes, texts, lists of
// them; null and false are left out.
export function el(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

// svg does the same for drawings.
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(node, child);
    else node.append(child instanceof Node ? child : visible(String(child))); // a text stays text
  }
}

// visible writes characters that are not seen, or turn others around, as escapes: so that
// two names that differ look different.
const visible = text => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
  c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

// show replaces what a node contains, unless that is the same: then what somebody has
// selected stays so. The keyboard stays at the link where it is.
export function show(node, ...children) {
  const next = node.cloneNode(false);
  add(next, children);
  if (node.isEqualNode(next)) return;
  const at = document.activeElement, held = node.contains(at) && at !== node ? at.getAttribute("href") : null;
  node.replaceChildren(...next.childNodes);
  if (held) [...node.querySelectorAll("a")].find(a => a.getAttribute("href") === held)?.focus({ preventScroll: true });
}

// link leads to a place of these pages: parts of the path, each of any text.
export function link(text, ...path) {
  return el("a", { href: address(...path) }, text);
}

export function address(...path) {
  return "#/" + path.map(encodeURIComponent).join("/");
}

// process is a link to the page of a process, unless it is none.
export function process(pid) {
  if (!pid) return "";
  return String(pid).startsWith("{") ? el("a", { href: address("process", pid), class: "pid" }, pid) : String(pid);
}

// entry is a link to the page of an entry.
export function entry(id) {
  return id ? el("a", { href: address("entry", id), class: "entry" }, id) : "";
}

// state shows the state of a process, a service or a child: its colour never says it alone.
export function state(name) {
  return el("span", { class: "state state-" + String(name).replace(/[^a-z]/g, "") }, String(name));
}

// section is a part of a page with a heading.
export function section(title, ...children) {
  return el("section", {}, el("h2", {}, title), children);
}

// facts is a list of names and values; those without value are left out.
export function facts(pairs) {
  return el("dl", { class: "facts" }, pairs
    .filter(([, value]) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length))
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

// table shows rows. Columns: {title, cell(row), number, wide}. On a narrow screen each
// row is a card, and each cell says its column.
export function table(label, columns, rows, empty) {
  if (!rows.length) return el("p", { class: "empty" }, empty || "None.");
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", {},
      el("thead", {}, el("tr", {}, columns.map(c => el("th", { scope: "col", class: c.number && "number" }, c.title)))),
      el("tbody", {}, rows.map(row => line(columns, row)))));
}

// line is one row of a table.
export function line(columns, row) {
  return el("tr", {}, columns.map(c => {
    const inside = c.cell(row);
    const blank = inside === "" || inside === null || inside === undefined;
    return el("td", { class: [c.number && "number", c.wide && "wide", blank && "blank"].filter(Boolean).join(" ") || null, "data-title": c.title }, el("div", {}, inside));
  }));
}
