// dom.js: makes elements, and writes numbers for people. What came from elsewhere goes in as text nodes and
// attributes only, so that no text, no file's name and no plugin's result can become markup.

export const byId = (id) => document.getElementById(id);

// An element; children are elements, strings, or nothing (null, undefined, false).
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  }
  put(element, ...children);
  return element;
}

export function put(element, ...children) {
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
}

export function fill(element, ...children) {
  element.replaceChildren();
  put(element, ...children);
}

// A drawing's element: those have a namespace of their own.
export function draw(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Words that only a screen reader says.
export const unseen = (words) => make("span", { class: "unseen" }, words);

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digits = [2, 1, 0].map(
  (n) => new Intl.NumberFormat("en", { minimumFractionDigits: n, maximumFractionDigits: n }),
);
const any = new Intl.NumberFormat("en", { maximumFractionDigits: 15 });

export const count = (n) => whole.format(n);
export const number = (n) => any.format(n);
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

// Three digits that count: 0.52, 5.2, 52
export function short(n) {
  return digits[n < 10 ? (n < 1 ? 0 : 1) : 2].format(n);
}

function scaled(n, base, units) {
  let i = 0;
  while (n >= base && i + 1 < units.length) {
    n /= base;
    i++;
  }
  return `${i === 0 || n >= 100 ? count(n) : short(n)} ${units[i]}`;
}

export const bytes = (n) => scaled(n, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
export const micros = (us) => scaled(us, 1000, ["µs", "ms", "s"]);
export const rate = (n) => (n === 0 ? "0" : n < 10 ? short(n) : count(n));

// How long: the two largest units, 2 h 5 min
export function duration(ms) {
  const units = [
    ["d", 86400000],
    ["h", 3600000],
    ["min", 60000],
    ["s", 1000],
  ];
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return `${count(ms)} ms`;
  const words = [];
  for (const [unit, size] of units.slice(first, first + 2)) {
    const n = Math.floor(ms / size);
    ms -= n * size;
    if (n > 0) words.push(`${n} ${unit}`);
  }
  return words.join(" ");
}

export const signed = (n) => `${n > 0 ? "+" : n < 0 ? "−" : "±"}${Math.abs(n).toFixed(2)}`;
export const clock = (unixMs) => new Date(unixMs).toLocaleTimeString("en-GB");

// One announcement for screen readers. The same words twice would not be read again, which is as wanted.
export function say(words) {
  byId("said").textContent = words;
}
