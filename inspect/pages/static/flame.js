// A profile as a flame graph: what is called lies below what calls it, as wide as its part.
import { svg } from "./dom.js";

const ROW = 22, LEAST = 0.5; // pixels; what is narrower is left out

// grown makes the tree of a profile: entries, then their functions, outermost first. value
// gives what counts of a stack.
export function grown(stacks, value) {
  const root = { name: "all", file: "", own: 0, all: 0, below: new Map(), depth: 0 };
  for (const s of stacks) {
    const n = value(s);
    if (!(n > 0)) continue;
    let at = root;
    at.all += n;
    for (const f of [{ function: s.entry, file: "" }, ...s.stack.toReversed()]) {
      const name = f.function || f.file, key = name + "\n" + f.file;
      if (!at.below.has(key)) at.below.set(key, { name, file: f.file, entry: s.entry, own: 0, all: 0, below: new Map(), above: at, depth: at.depth + 1 });
      at = at.below.get(key);
      at.all += n;
    }
    at.own += n;
  }
  return root;
}

// flame draws the tree so wide; chosen is the node that takes the whole width. say tells a
// node, choose is called for the one that somebody has chosen.
export function flame(root, chosen, width, say, choose) {
  const drawn = [];
  let deepest = chosen.depth;
  const draw = (node, x, w) => {
    if (w < LEAST) return;
    deepest = Math.max(deepest, node.depth);
    drawn.push(cell(node, x, w, node === chosen, say, choose));
    for (const below of [...node.below.values()].sort((a, b) => b.all - a.all || (a.name < b.name ? -1 : 1))) {
      const part = w * below.all / node.all;
      draw(below, x, part);
      x += part;
    }
  };
  for (let above = chosen.above; above; above = above.above) drawn.push(cell(above, 0, width, false, say, choose));
  drawn.reverse();
  draw(chosen, 0, width);
  const height = (deepest + 1) * ROW;
  return svg("svg", { class: "flame", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "flame graph; the table below says the same" }, drawn);
}

function cell(node, x, w, here, say, choose) {
  const y = node.depth * ROW, room = Math.floor((w - 8) / 6.6);
  const text = room < 3 ? "" : node.name.length > room ? node.name.slice(0, room - 1) + "…" : node.name;
  const pick = () => choose(node);
  return svg("g", { tabindex: "0", role: "button", "aria-pressed": String(here), "aria-label": say(node), class: "cell tone" + tone(node), onclick: pick,
    onkeydown: e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(); } } },
    svg("title", {}, say(node)),
    svg("rect", { x: x + 0.5, y: y + 0.5, width: Math.max(0.5, w - 1), height: ROW - 2, rx: 2 }),
    text ? svg("text", { x: x + 5, y: y + 15 }, text) : null);
}

// tone gives a function the same colour wherever it stands.
function tone(node) {
  if (node.depth < 2) return node.depth ? "entry" : "all";
  let h = 0;
  for (const c of node.name + node.file) h = (h * 31 + c.codePointAt(0)) >>> 0;
  return h % 3;
}
