"use strict";

// What the option form: "columns" has by columns, as it is in a list.

function rows(columns, row) {
  const keys = Object.keys(columns);
  return columns[keys[0]].map((_, i) =>
    row(Object.fromEntries(keys.map((key) => [key, columns[key][i]]))),
  );
}

const names = ({ name_columns: columns, types }) =>
  rows(columns, (name) => ({ ...name, type: types[name.type] }));

function judged({ columns, labels, ...sentiment }) {
  for (const key of Object.keys(columns))
    sentiment[key] = rows(columns[key], (judgement) => ({
      ...judgement,
      label: labels[judgement.label],
    }));
  return sentiment;
}

// An annotated text. What a plugin that didn't run would have found is empty (lists) or null.
class Doc {
  constructor(text, reply, index) {
    const { results } = reply;
    this.text = text;
    this.results = results;
    this.offsets = reply.offsets ?? "byte";
    this.entities = results.entities?.columns
      ? this.#entities(results.entities)
      : (results.entities?.entities ?? []);
    this.names = results.entities?.name_columns
      ? names(results.entities)
      : (results.entities?.names ?? []);
    this.sentiment = results.sentiment?.columns
      ? judged(results.sentiment)
      : (results.sentiment ?? null);
    this.summary = results.summarizer?.summary ?? null;
    this.errors = reply.errors ?? {};
    this.warnings = reply.warnings ?? [];
    this.language = reply.doc?.language ?? null;
    this.meta = reply.meta;
    this.timing = reply.timing ?? null;
    this.served = reply.served ?? null;
    if (index !== undefined) this.index = index;
    if (reply.trace !== undefined) this.trace = reply.trace;
    if (reply.tracestate !== undefined) this.tracestate = reply.tracestate;
  }

  // As { start, end, text }; without text where offsets don't count as JavaScript's strings do.
  get sentences() {
    return this.#spans("sentences");
  }

  // The segmenter makes them when its option `tokens` is on.
  get tokens() {
    return this.#spans("tokens");
  }

  #entities({ columns, types, values, ids }) {
    const entities = rows(columns, ({ ref, ...entity }) => ({
      ...entity,
      type: types[entity.type],
      ...(this.offsets === "utf16" && { text: this.text.slice(entity.start, entity.end) }),
      ...(ref >= 0 && { ref }),
    }));
    for (const [i, value] of values) entities[i].value = value;
    for (const [i, id] of ids) entities[i].id = id;
    return entities;
  }

  #spans(key) {
    const { text } = this;
    const { columns, [key]: list = [] } = this.results.segmenter ?? {};
    const pairs = columns?.[key] ? rows(columns[key], ({ start, end }) => [start, end]) : list;
    return this.offsets === "utf16"
      ? pairs.map(([start, end]) => ({ start, end, text: text.slice(start, end) }))
      : pairs.map(([start, end]) => ({ start, end }));
  }
}

module.exports = { Doc };
