// text.js: the text with what was found in it. Labels stand in elements of the class "note", so that what is left
// without them is the text, and so is what somebody copies.

import { count, make, number, plural, short, signed, unseen } from "./dom.js";
import { cut } from "./spans.js";

// More would take a browser seconds to lay out; the raw JSON has all.
export const LONGEST = 200000;

// Types of a kind have a colour; those that textd doesn't know share the rest by their letters.
const colours = {
  PERSON: 0,
  ORG: 1,
  LOC: 2,
  FAC: 3,
  NORP: 4,
  LANGUAGE: 4,
  EVENT: 5,
  HANDLE: 5,
  WORK: 6,
  LAW: 6,
  PRODUCT: 7,
  HASHTAG: 7,
  DATE: 8,
  TIME: 8,
  DURATION: 8,
  SET: 8,
  MONEY: 9,
  PERCENT: 10,
  QUANTITY: 10,
  ORDINAL: 10,
  CARDINAL: 10,
  MISC: 11,
  EMAIL: 3,
  URL: 3,
  PHONE: 3,
  IP: 3,
  IBAN: 9,
};

export function colour(type) {
  if (Object.hasOwn(colours, type)) return `c${colours[type]}`;
  let sum = 5381;
  for (const c of type) sum = (sum * 33 + c.codePointAt(0)) >>> 0;
  return `c${sum % 12}`;
}

// How strong a sentence's sentiment is: p3 to m3, and n0.
export function tint(score, label) {
  const size = Math.abs(score);
  if (label === "neutral") return "n0";
  return (score < 0 ? "m" : "p") + (size >= 0.6 ? 3 : size >= 0.3 ? 2 : 1);
}

const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const months = Array.from({ length: 12 }, (_, i) => new Date(2000, i, 1).toLocaleString("en", { month: "long" }));
const units = { Y: "year", M: "month", W: "week", D: "day", TH: "hour", TM: "minute", TS: "second" };

// A time as docs/entities.md has it, where its form needs a reader who knows TIMEX3; others are good as they are.
function timeWords(value, type) {
  const [, day] = /^XXXX-WXX-([1-7])$/.exec(value) ?? [];
  if (day) return days[day - 1];
  const [, month, inMonth] = /^XXXX-(0[1-9]|1[0-2])(?:-(\d\d))?$/.exec(value) ?? [];
  if (month) return `${inMonth ? `${Number(inMonth)} ` : ""}${months[month - 1]}`;
  const [, clock] = /^T(\d\d:\d\d.*)$/.exec(value) ?? [];
  if (clock) return clock;
  const [, past, time, n, letter] = /^(-?)P(T?)(\d+)([YMWDHS])$/.exec(value) ?? [];
  const unit = units[time + letter];
  if (!unit) return value;
  if (n === "0") return unit === "day" ? "today" : `this ${unit}`;
  const span = plural(Number(n), unit);
  return past ? `${span} ago` : type === "DURATION" ? span : `in ${span}`;
}

const isTime = (entity) => ["DATE", "TIME", "DURATION"].includes(entity.type) && typeof entity.value === "string";

// An entity's value in a line: a string as it is, an amount with its unit; what is of neither form, as its parts.
export function valueWords(value) {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return typeof value === "number" ? number(value) : String(value);
  const { amount, number: n, to, currency, unit, ...rest } = value;
  const first = amount ?? n;
  if (typeof first !== "number" || Object.keys(rest).length > 0) return JSON.stringify(value);
  const range = typeof to === "number" ? `–${number(to)}` : "";
  const of = currency ?? unit;
  return `${number(first)}${range}${of ? (of === "%" ? "%" : ` ${of}`) : ""}`;
}

const scoreNote = (sentence) =>
  make(
    "span",
    { class: `note score ${tint(sentence.score, sentence.label)}` },
    "\u2060", // so that it isn't alone in a line
    unseen(" sentiment "),
    signed(sentence.score),
    unseen(". "),
  );

const rankNote = (sentence) =>
  make("span", { class: "note rank" }, unseen("In the summary, "), `№ ${count(sentence.rank)}`, unseen(": "));

function entityNote(entity, words) {
  const told = isTime(entity) ? timeWords(entity.value, entity.type) : valueWords(entity.value);
  const value = told !== words && told; // "4 %" needs no second time
  return make(
    "span",
    { class: "note type" },
    unseen(", "),
    entity.type,
    value && make("span", { class: value.length > 24 ? "value long" : "value" }, value),
    unseen(", "),
  );
}

function sentenceElement(sentence) {
  const classes = ["sentence"];
  if (sentence.score !== undefined) classes.push("tint", tint(sentence.score, sentence.label));
  if (sentence.rank !== undefined) classes.push("picked");
  const element = make("span", { class: classes.join(" "), "data-start": sentence.start });
  if (sentence.rank !== undefined) {
    element.id = `picked-${sentence.start}`;
    element.tabIndex = -1;
    element.append(rankNote(sentence));
  }
  return element;
}

// Where to cut a text that is too long: not within a character.
function shownLength(text) {
  if (text.length <= LONGEST) return text.length;
  return /[\uDC00-\uDFFF]/.test(text[LONGEST]) ? LONGEST - 1 : LONGEST;
}

// Returns the element, and how much of the text is in it.
export function annotated(text, lines) {
  const length = shownLength(text);
  const root = make("div", { class: "annotated", id: "annotated" });
  let sentence = null,
    sentenceIn = root,
    entity = null,
    entityIn = null;

  cut(length, lines, (start, end, here) => {
    if (here.sentence !== sentence) {
      sentence = here.sentence;
      sentenceIn = sentence ? sentenceElement(sentence) : root;
      if (sentence) root.append(sentenceIn);
      entity = entityIn = null; // one that runs on gets an element in each sentence
    }
    if (here.entity !== entity) {
      entity = here.entity;
      entityIn =
        entity &&
        make("mark", {
          class: `entity ${colour(entity.type)}`,
          "data-start": entity.start,
          title: [
            entity.type,
            entity.value !== undefined && ` ${valueWords(entity.value)}`,
            entity.score !== undefined && `, score ${short(entity.score)}`,
          ]
            .filter(Boolean)
            .join(""),
        });
      if (entity) sentenceIn.append(entityIn);
    }
    const words = text.slice(start, end);
    (entityIn ?? sentenceIn).append(here.keyphrase ? make("span", { class: "keyphrase" }, words) : words);
    if (entity?.end === end) entityIn.append(entityNote(entity, text.slice(entity.start, end)));
    if (sentence?.end === end && sentence.score !== undefined) sentenceIn.append(scoreNote(sentence));
  });
  return { root, length };
}
