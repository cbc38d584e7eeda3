"use strict";

// An annotated text. What a plugin that didn't run would have found is empty (lists) or null.
class Doc {
  constructor(text, reply, index) {
    const { results } = reply;
    this.text = text;
    this.results = results;
    this.entities = results.entities?.entities ?? [];
    this.names = results.entities?.names ?? [];
    this.sentiment = results.sentiment ?? null;
    this.summary = results.summarizer?.summary ?? null;
    this.errors = reply.errors ?? {};
    this.warnings = reply.warnings ?? [];
    this.language = reply.doc?.language ?? null;
    this.meta = reply.meta;
    this.timing = reply.timing ?? null;
    this.served = reply.served ?? null;
    this.offsets = reply.offsets ?? "byte";
    if (index !== undefined) this.index = index;
    if (reply.trace !== undefined) this.trace = reply.trace;
    if (reply.tracestate !== undefined) this.tracestate = reply.tracestate;
  }

  // As { start, end, text }; without text where offsets don't count as JavaScript's strings do.
  get sentences() {
    return this.#spans(this.results.segmenter?.sentences);
  }

  // The segmenter makes them when its option `tokens` is on.
  get tokens() {
    return this.#spans(this.results.segmenter?.tokens);
  }

  #spans(pairs = []) {
    const { text } = this;
    return this.offsets === "utf16"
      ? pairs.map(([start, end]) => ({ start, end, text: text.slice(start, end) }))
      : pairs.map(([start, end]) => ({ start, end }));
  }
}

module.exports = { Doc };
