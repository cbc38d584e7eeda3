// sse.js: reads server-sent events (HTML standard, 9.2) with fetch, since EventSource sends no header, and so no
// token, and gives up for good at the first answer that isn't 200. This one comes back, with growing pauses.

import { address, headers } from "./daemon.js";

// Takes text in pieces, cut anywhere; calls onEvent({event, data, id}) for each block that has data, and onRetry(ms).
// A line ends with CR, LF or both.
export class Blocks {
  constructor(onEvent, onRetry = () => {}) {
    this.onEvent = onEvent;
    this.onRetry = onRetry;
    this.line = "";
    this.wasCr = false; // an LF that comes next belongs to it
    this.isFirst = true;
    this.id = "";
    this.begin();
  }

  begin() {
    this.event = "";
    this.data = null;
  }

  take(text) {
    let start = 0;
    if (this.isFirst && text) {
      this.isFirst = false;
      if (text[0] === "\uFEFF") start = 1;
    }
    for (let i = start; i < text.length; i++) {
      const c = text[i];
      if (c === "\n" && this.wasCr) {
        this.wasCr = false;
        start = i + 1;
        continue;
      }
      this.wasCr = c === "\r";
      if (c !== "\n" && c !== "\r") continue;
      this.end(this.line + text.slice(start, i));
      this.line = "";
      start = i + 1;
    }
    this.line += text.slice(start);
  }

  end(line) {
    if (line === "") {
      if (this.data !== null) this.onEvent({ event: this.event || "message", data: this.data, id: this.id });
      this.begin();
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.data = this.data === null ? value : `${this.data}\n${value}`;
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) this.onRetry(Number(value));
  }
}

const SILENCE_MS = 6000; // the daemon sends each second
const LONGEST_MS = 30000;

// One stream that is kept going until it is stopped. Calls on.event(event), on.open(), on.lost(words, ms until the
// next try) and on.refused(status): a 401, after which it waits for start().
export class Stream {
  constructor(path, on) {
    this.path = path;
    this.on = on;
    this.retryMs = 1000;
    this.failures = 0;
    this.lastId = "";
    this.current = null; // the AbortController of the one that runs
    this.timer = 0;
  }

  start() {
    this.stop();
    this.failures = 0;
    this.run();
  }

  stop() {
    clearTimeout(this.timer);
    this.current?.abort();
    this.current = null;
  }

  async run() {
    const mine = new AbortController();
    this.current = mine;
    let words,
      afterMs = 0;
    try {
      const more = this.lastId ? { "Last-Event-ID": this.lastId } : {};
      const response = await fetch(address(this.path), {
        headers: headers({ Accept: "text/event-stream", ...more }),
        signal: mine.signal,
        cache: "no-store",
        credentials: "same-origin",
        redirect: "error",
      });
      if (response.status === 401) {
        this.current = null;
        this.on.refused(401);
        return;
      }
      if (!response.ok || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
        afterMs = 1000 * Number(response.headers.get("Retry-After")) || 0;
        const error = JSON.parse((await response.text()) || "null")?.error;
        throw new Error(error?.message || `HTTP ${response.status}`);
      }
      words = await this.read(response.body.getReader(), mine);
    } catch (error) {
      words = error.name === "TypeError" ? "textd doesn't answer" : error.message;
    }
    if (this.current !== mine) return; // stopped meanwhile, or started anew
    mine.abort();
    this.failures++;
    const pause = Math.min(LONGEST_MS, Math.max(afterMs, this.retryMs * 2 ** Math.min(this.failures - 1, 10)));
    const ms = pause * (0.5 + Math.random() / 2); // all pages lose a daemon in the same instant
    this.on.lost(words, ms);
    this.timer = setTimeout(() => this.run(), ms);
  }

  // Until the stream ends. Returns why.
  async read(reader, mine) {
    let words = "the stream ended",
      watch = 0;
    const decoder = new TextDecoder();
    const blocks = new Blocks(
      (event) => {
        this.lastId = event.id || this.lastId;
        this.failures = 0;
        if (event.event === "bye") words = JSON.parse(event.data).why;
        this.on.event(event);
      },
      (ms) => (this.retryMs = Math.min(Math.max(ms, 100), LONGEST_MS)),
    );
    this.on.open();
    try {
      for (;;) {
        watch = setTimeout(() => {
          words = "nothing came for some seconds";
          reader.cancel().catch(() => {});
        }, SILENCE_MS);
        const { value, done } = await reader.read();
        clearTimeout(watch);
        if (done || this.current !== mine) return words;
        blocks.take(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(watch);
    }
  }
}
