// How numbers and times are written.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

// count writes a number in full.
export const count = n => n === undefined || n === null ? "" : whole.format(n);

// short writes a number in at most five characters: 950, 1.2k, 34M.
export function short(n) {
  const size = Math.abs(n);
  for (const [unit, name] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (size >= unit) return trim(n / unit) + name;
  }
  return trim(n);
}

function trim(n) {
  return String(Math.abs(n) >= 100 || Number.isInteger(n) ? Math.round(n) : +n.toFixed(Math.abs(n) >= 10 ? 1 : 2));
}

// bytes writes an amount of memory.
export function bytes(n) {
  if (n === undefined || n === null) return "";
  const size = Math.abs(n);
  for (const [unit, name] of [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]]) {
    if (size >= unit) return trim(n / unit) + " " + name;
  }
  return trim(n) + " B";
}

// seconds writes a duration given in seconds.
export function seconds(s) {
  if (s === undefined || s === null) return "";
  if (s === 0) return "0";
  if (s < 1e-6) return trim(s * 1e9) + " ns";
  if (s < 1e-3) return trim(s * 1e6) + " µs";
  if (s < 1) return trim(s * 1e3) + " ms";
  if (s < 60) return trim(s) + " s";
  const m = Math.floor(s / 60);
  if (m < 60) return m + " min " + Math.floor(s % 60) + " s";
  const h = Math.floor(m / 60);
  return h < 48 ? h + " h " + m % 60 + " min" : Math.floor(h / 24) + " d " + h % 24 + " h";
}

// age writes how long ago a time was; times are RFC 3339 texts.
export const age = at => at ? seconds(Math.max(0, (Date.now() - Date.parse(at)) / 1000)) : "";

// clock writes a time of day to the millisecond.
export function clock(at) {
  const d = new Date(at);
  if (isNaN(d)) return "";
  const two = n => String(n).padStart(2, "0");
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, "0")}`;
}

// value writes any value of JSON on a line.
export const value = v => typeof v === "string" ? v : JSON.stringify(v);
