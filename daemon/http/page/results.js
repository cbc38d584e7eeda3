// results.js: what a reply says, for people: facts, sentiment, summary, keyphrases, the text with its marks, tables,
// and whatever else a plugin has found.

import { byId, bytes, count, fill, make, micros, number, plural, put, short, signed, unseen } from "./dom.js";
import { layers, sort } from "./spans.js";
import { annotated, colour, tint, valueWords } from "./text.js";

const MOST_ROWS = 500; // of a table
const MOST_PARTS = 200; // of a result that isn't known, at each level
const MOST_COLUMNS = 8; // of a table of it

function facts(reply) {
  const doc = reply.doc ?? {},
    timing = reply.timing ?? {},
    served = reply.served ?? {};
  const items = [
    doc.codepoints !== undefined && plural(doc.codepoints, "character"),
    doc.bytes !== undefined && bytes(doc.bytes),
    doc.sentences !== undefined && plural(doc.sentences, "sentence"),
    doc.tokens !== undefined && plural(doc.tokens, "token"),
    doc.language !== undefined && `language ${doc.language}`,
    timing.run_us !== undefined && `${micros(timing.run_us)} run`,
    timing.queue_us !== undefined && `${micros(timing.queue_us)} queued`,
    served.worker !== undefined && `worker ${served.worker}, generation ${served.generation}`,
  ];
  const times = Object.entries(timing.plugins ?? {})
    .map(([name, us]) => `${name} ${micros(us)}`)
    .join(", ");
  return make(
    "ul",
    { class: "facts", title: times },
    items.filter(Boolean).map((words) => make("li", {}, words)),
  );
}

function problems(reply) {
  const failed = Object.entries(reply.errors ?? {}).map(([name, error]) =>
    make("li", {}, make("strong", {}, `${name}: `), error.message, " ", make("code", {}, error.code)),
  );
  const warned = (reply.warnings ?? []).map((words) => make("li", {}, words));
  return [
    failed.length > 0 && make("ul", { class: "problem", "aria-label": "Plugins that failed" }, failed),
    warned.length > 0 && make("ul", { class: "warning", "aria-label": "Warnings" }, warned),
  ];
}

// From -1 to 1, with 0 in the middle.
function bar(score, label) {
  const fillIn = make("span", { class: `bar-fill ${tint(score, label)}` });
  fillIn.style.left = `${score < 0 ? 50 * (1 + score) : 50}%`;
  fillIn.style.width = `${Math.min(50, 50 * Math.abs(score))}%`;
  return make("span", { class: "bar", "aria-hidden": "true" }, fillIn);
}

function overall(sentiment) {
  return make(
    "p",
    { class: "overall" },
    make("span", { class: "soft" }, "Sentiment "),
    make("strong", { class: `label ${tint(sentiment.score, sentiment.label)}` }, sentiment.label),
    " ",
    bar(sentiment.score, sentiment.label),
    " ",
    `${signed(sentiment.score)}`,
    typeof sentiment.confidence === "number" && `, ${Math.round(100 * sentiment.confidence)} % sure`,
    sentiment.domain && `, read as ${sentiment.domain}`,
  );
}

// Leads to a sentence's place in the text, and says to a screen reader where one is now.
function placeLink(start, words) {
  const link = make("a", { href: `#picked-${start}` }, words);
  link.addEventListener("click", (event) => {
    const place = byId(`picked-${start}`);
    event.preventDefault();
    place?.scrollIntoView({ block: "center" });
    place?.focus({ preventScroll: true });
  });
  return link;
}

function pick(s, text) {
  const reasons =
    Array.isArray(s.reasons) &&
    s.reasons.length > 0 &&
    make("span", { class: "soft reasons" }, unseen(". "), "Why: ", s.reasons.join(", "));
  return make(
    "li",
    {},
    make("span", { class: "rank" }, unseen("rank "), `№ ${count(s.rank)}`),
    make("span", {}, placeLink(s.start, text.slice(s.start, s.end)), reasons),
  );
}

function phrase(k) {
  return make(
    "li",
    { title: typeof k.score === "number" ? `score ${short(k.score)}` : null },
    k.text,
    k.count > 1 && make("span", { class: "soft" }, ` × ${count(k.count)}`),
  );
}

function summary(found, text) {
  const { headline, sentences, keyphrases } = found;
  return make(
    "section",
    { class: "summary", "aria-label": `Summary, of ${found.plugin}` },
    make("h3", {}, "Summary"),
    headline?.text && make("p", { class: "headline" }, headline.text),
    sentences.length === 0 && make("p", {}, found.summary || "No sentence stands for this text."),
    make(
      "ol",
      { class: "picks" },
      sentences.map((s) => pick(s, text)),
    ),
    keyphrases?.length > 0 && [make("h3", {}, "Keyphrases"), make("ul", { class: "phrases" }, keyphrases.map(phrase))],
  );
}

const views = [
  ["entities", "Entities"],
  ["values", "Values"],
  ["sentiment", "Sentiment"],
  ["summary", "Summary"],
  ["keyphrases", "Keyphrases"],
];

// What is shown in the text; a class of the text's element for each that isn't. Kept from one result to the next.
const isHidden = {};

function switches(root, lines) {
  const has = {
    entities: lines.entities.length > 0,
    values: lines.entities.some((e) => e.value !== undefined),
    sentiment: lines.sentences.some((s) => s.score !== undefined),
    summary: lines.sentences.some((s) => s.rank !== undefined),
    keyphrases: lines.keyphrases.length > 0,
  };
  const boxes = views
    .filter(([name]) => has[name])
    .map(([name, words]) => {
      const box = make("input", { type: "checkbox", id: `show-${name}` });
      box.checked = !isHidden[name];
      const apply = () => {
        isHidden[name] = !box.checked;
        root.classList.toggle(`no-${name}`, !box.checked);
      };
      box.addEventListener("change", apply);
      apply();
      return make("label", { class: "switch" }, box, words);
    });
  return boxes.length > 0 && make("fieldset", { class: "switches" }, make("legend", {}, "Show in the text"), boxes);
}

function legend(entities) {
  const counts = new Map();
  for (const e of entities) counts.set(e.type, (counts.get(e.type) ?? 0) + 1);
  const types = [...counts].sort((a, b) => b[1] - a[1]);
  return (
    types.length > 0 &&
    make(
      "ul",
      { class: "legend", "aria-label": "Types of entities" },
      types.map(([type, n]) =>
        make("li", { class: `entity ${colour(type)}` }, make("span", { class: "type" }, type), ` ${count(n)}`),
      ),
    )
  );
}

// A row for each of the items; row(item): its cells.
function grid(title, heads, items, row) {
  return make(
    "div",
    { class: "wide", tabindex: "0", role: "region", "aria-label": title },
    make(
      "table",
      {},
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          heads.map((h) => make("th", { scope: "col" }, h)),
        ),
      ),
      make(
        "tbody",
        {},
        items.map((item) =>
          make(
            "tr",
            {},
            row(item).map((cell) => make("td", {}, cell)),
          ),
        ),
      ),
    ),
  );
}

function table(title, heads, items, row, isOpen) {
  if (items.length === 0) return null;
  return make(
    "details",
    { open: isOpen },
    make("summary", {}, `${title} `, make("span", { class: "soft" }, count(items.length))),
    grid(title, heads, items.slice(0, MOST_ROWS), row),
    items.length > MOST_ROWS && make("p", { class: "soft" }, `The first ${count(MOST_ROWS)}; the raw JSON has all.`),
  );
}

function entityTable(found) {
  const felt = new Map((found.sentiments[0]?.entities ?? []).map((e) => [`${e.start}-${e.end}`, e]));
  const score = (e) => e && make("span", { class: `score ${tint(e.score, e.label)}` }, signed(e.score));
  const columns = [
    ["Type", (e) => make("span", { class: `entity ${colour(e.type)}` }, make("span", { class: "type" }, e.type))],
    ["Text", (e) => e.text],
    ["Value", (e) => valueWords(e.value)],
    ["Id", (e) => e.id],
    ["Score", (e) => typeof e.score === "number" && short(e.score)],
    ["Sentiment", (e) => score(felt.get(`${e.start}-${e.end}`))],
  ].filter(([, cell]) => found.entities.some(cell)); // a column that says nothing is left out
  return table(
    "Entities",
    columns.map(([head]) => head),
    found.entities,
    (e) => columns.map(([, cell]) => cell(e)),
  );
}

function sentimentTable(sentiment, text) {
  const row = (s) => [
    [make("span", { class: `score ${tint(s.score, s.label)}` }, signed(s.score)), " ", bar(s.score, s.label)],
    s.label ?? "",
    text.slice(s.start, s.end),
  ];
  return table("Sentiment by sentence", ["Score", "Label", "Sentence"], sentiment.sentences, row);
}

function reasonTable(sentiment, text) {
  const reasons = Array.isArray(sentiment.reasons) ? sentiment.reasons : [];
  return table(
    "Why this sentiment",
    ["Added", "Words", "Rules"],
    reasons,
    (r) => [signed(r.contribution), text.slice(r.start, r.end), (r.rules ?? []).join(", ")],
    true,
  );
}

const isPlain = (v) => v === null || typeof v !== "object";
const plainWords = (v) => (typeof v === "number" ? number(v) : String(v));

// The columns of a list of records whose fields are plain: those that any of them has. Null: it is no such list.
function columnsOf(value) {
  const isRecord = (v) => !isPlain(v) && !Array.isArray(v) && Object.values(v).every(isPlain);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return null;
  const columns = [...new Set(value.flatMap((v) => Object.keys(v)))];
  return columns.length > 0 && columns.length <= MOST_COLUMNS ? columns : null;
}

const more = (n, shown) =>
  n > shown && make("p", { class: "soft" }, `… ${count(n - shown)} more; the raw JSON has all.`);

// Any value: a list of records as a table, others as lists within lists. What has many parts shows the first.
function anything(value, name, depth = 0) {
  if (value === "") return make("span", { class: "soft" }, "empty");
  if (isPlain(value)) return make("span", { class: "plain" }, plainWords(value));
  const entries = Object.entries(value),
    shown = entries.slice(0, MOST_PARTS),
    columns = columnsOf(value);
  if (entries.length === 0) return make("span", { class: "soft" }, Array.isArray(value) ? "none" : "nothing");
  if (Array.isArray(value) && value.every(isPlain) && value.length <= 12)
    return make("span", { class: "plain" }, value.map(plainWords).join(", "));
  if (columns) {
    const row = (v) => columns.map((c) => (Object.hasOwn(v, c) ? plainWords(v[c]) : ""));
    return [grid(name, columns, value.slice(0, MOST_PARTS), row), more(value.length, MOST_PARTS)];
  }
  const list = make("dl", { class: "any" });
  for (const [key, part] of shown) {
    const words = Array.isArray(value) ? `${Number(key) + 1}` : key;
    put(
      list,
      make("dt", {}, words),
      make(
        "dd",
        { class: isPlain(part) ? null : "nested" },
        depth < 12 ? anything(part, words, depth + 1) : JSON.stringify(part),
      ),
    );
  }
  return [list, more(entries.length, shown.length)];
}

const other = ([name, result]) =>
  make("details", { class: "other", open: true }, make("summary", {}, name), anything(result, name));

// Shows the reply to `text` in `root`. Returns a sentence for a screen reader.
export function showReply(root, reply, text) {
  const found = sort(reply.results ?? {}, text),
    lines = layers(found);
  const { root: marked, length } = annotated(text, lines);
  const first = found.sentiments[0];

  fill(
    root,
    facts(reply),
    problems(reply),
    text === "" && make("p", { class: "soft" }, "The text is empty: there is nothing to find in it."),
    text !== "" && [
      ...found.sentiments.map(overall),
      ...found.summaries.map((s) => summary(s, text)),
      switches(marked, lines),
      legend(lines.entities),
      marked,
    ],
    length < text.length &&
      make("p", { class: "soft" }, `The first ${count(length)} characters; the raw JSON has all.`),
    entityTable(found),
    first && sentimentTable(first, text),
    first && reasonTable(first, text),
    found.others.map(other),
  );
  const said = [
    reply.doc?.sentences !== undefined && plural(reply.doc.sentences, "sentence"),
    found.entities.length > 0 && plural(found.entities.length, "entity", "entities"),
    first && `sentiment ${first.label}, ${signed(first.score)}`,
    found.summaries[0] && `${plural(found.summaries[0].sentences.length, "sentence")} in the summary`,
    reply.errors && `${plural(Object.keys(reply.errors).length, "plugin")} failed`,
  ];
  return `Done: ${said.filter(Boolean).join(", ") || "see the result"}.`;
}

// JSON with a line for each part, without reading it: numbers stay as the daemon wrote them.
export function indented(json) {
  const pad = (depth) => `\n${"  ".repeat(depth)}`;
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) ?? [];
  let out = "",
    depth = 0,
    before = "";
  for (const token of tokens) {
    const opens = before === "{" || before === "[",
      closes = token === "}" || token === "]";
    if (closes) depth--;
    if (opens ? !closes : closes || before === ",") out += pad(depth);
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth++;
    before = token;
  }
  return out;
}
