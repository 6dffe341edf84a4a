// Line charts of the last minutes, drawn as SVG: so their colours are those of the page,
// dark or light, and they need no library.
import { el, svg } from "./dom.js";

// Spans in seconds, and how far their marks are apart: the first that holds all samples
// is shown.
const SPANS = [60, 120, 300], MARKS = { 60: 20, 120: 30, 300: 60 };
const HEIGHT = 132, TOP = 10, BOTTOM = 20, LEFT = 58, RIGHT = 8;

// Chart draws some series over the same span of time.
//   title, and says: what the numbers are, for those who do not see the chart
//   series: [{name, write}], the first three of which have colours of their own
//   base: of round numbers, 2 for bytes
// Samples come by add, and are kept for the longest span.
export class Chart {
  constructor({ title, says, series, write, base = 10 }) {
    Object.assign(this, { title, says, series, write, base });
    this.span = SPANS[0];
    this.samples = []; // {at, values}, at in milliseconds
    this.pointed = null; // time that is pointed at
    this.width = 0;
    this.picture = svg("svg", {
      role: "img", class: "chart", height: HEIGHT, tabindex: "0",
      onpointermove: e => this.point(this.when(e.offsetX)),
      onpointerleave: () => this.point(null),
      onblur: () => this.point(null),
      onkeydown: e => this.step(e),
    });
    this.legend = el("ul", { class: "legend" });
    this.node = el("figure", { class: "panel" },
      el("figcaption", {}, el("span", { class: "title" }, title), this.legend), this.picture);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.node);
  }

  close() { this.observer.disconnect(); }

  // add takes a sample: values in the order of the series, undefined where there is none.
  add(at, values, later) {
    this.samples.push({ at, values });
    const first = at - SPANS[SPANS.length - 1] * 1000 - 2000;
    while (this.samples.length && this.samples[0].at < first) this.samples.shift();
    this.span = SPANS.find(s => at - this.samples[0].at <= s * 1000) || SPANS[SPANS.length - 1];
    if (!later) this.draw();
  }

  // point shows the values at a time in place of the newest.
  point(at) {
    this.pointed = at;
    this.draw();
  }

  // step goes from sample to sample by keys.
  step(e) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (!by || !this.samples.length) return;
    e.preventDefault();
    const i = this.pointed === null ? this.samples.length - 1 : this.nearest(this.pointed);
    this.point(this.samples[Math.max(0, Math.min(this.samples.length - 1, i + by))].at);
  }

  nearest(at) {
    let best = 0;
    this.samples.forEach((s, i) => { if (Math.abs(s.at - at) < Math.abs(this.samples[best].at - at)) best = i; });
    return best;
  }

  last() { return this.samples.length ? this.samples[this.samples.length - 1].at : Date.now(); }
  x(at) { return LEFT + (1 - (this.last() - at) / 1000 / this.span) * (this.width - LEFT - RIGHT); }
  when(x) { return this.last() - (1 - (x - LEFT) / (this.width - LEFT - RIGHT)) * this.span * 1000; }
  y(value) { return TOP + (1 - value / this.top) * (HEIGHT - TOP - BOTTOM); }

  draw() {
    const width = Math.floor(this.node.clientWidth) - 2;
    if (width < 80) return;
    this.width = width;
    this.picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.picture.setAttribute("width", width);
    this.top = nice(Math.max(0, ...this.samples.flatMap(s => s.values.filter(v => v !== undefined && v !== null))), this.base);
    this.picture.replaceChildren(...this.grid(), ...this.lines());
    const shown = this.samples[this.pointed === null ? this.samples.length - 1 : this.nearest(this.pointed)];
    if (shown && this.pointed !== null) {
      this.picture.append(svg("line", { class: "pointer", x1: this.x(shown.at), x2: this.x(shown.at), y1: TOP, y2: HEIGHT - BOTTOM }));
    }
    this.tell(shown);
  }

  grid() {
    const marks = [0, this.top / 2, this.top].flatMap(value => [
      svg("line", { class: "grid", x1: LEFT, x2: this.width - RIGHT, y1: this.y(value), y2: this.y(value) }),
      svg("text", { class: "mark end", x: LEFT - 6, y: this.y(value) + 3.5 }, this.write(value)),
    ]);
    for (let ago = 0; ago <= this.span; ago += MARKS[this.span]) {
      const x = this.x(this.last() - ago * 1000);
      marks.push(svg("text", { class: ago ? "mark middle" : "mark end", x, y: HEIGHT - 5 },
        ago === 0 ? "now" : ago % 60 ? `${ago} s` : `${ago / 60} min`));
    }
    return marks;
  }

  lines() {
    return this.series.map((s, i) => {
      let path = "", before = -Infinity; // when the last point was: while nobody looks there are none
      for (const { at, values } of this.samples) {
        const v = values[i];
        if (v === undefined || v === null || this.x(at) < LEFT) continue;
        path += (at - before < 5000 ? "L" : "M") + this.x(at).toFixed(1) + " " + this.y(v).toFixed(1) + (at - before < 5000 ? "" : "h0");
        before = at;
      }
      return svg("path", { class: `line line-${i}`, d: path || "M0 0" });
    });
  }

  // tell writes the values in the legend, and what the chart shows for readers.
  tell(shown) {
    const values = this.series.map((s, i) => {
      const v = shown && shown.values[i];
      return { name: s.name, text: v === undefined || v === null ? "–" : this.write(v) };
    });
    this.legend.replaceChildren(...values.map(({ name, text }, i) =>
      el("li", {}, el("span", { class: `key line-${i}` }), name + " ", el("b", {}, text))));
    this.picture.setAttribute("aria-label", `${this.title}, ${this.says}: ` + values.map(v => `${v.name} ${v.text}`).join(", "));
  }
}

// nice gives a round number that is no less.
function nice(n, base) {
  if (!(n > 0)) return 1;
  if (base === 2) {
    const unit = 2 ** Math.floor(Math.log2(n));
    return unit * 1.5 >= n ? unit * 1.5 : unit * 2;
  }
  const unit = 10 ** Math.floor(Math.log10(n));
  return unit * [1, 2, 4, 5, 10].find(step => n <= step * unit * 1.0001);
}
