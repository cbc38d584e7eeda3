// live.js: what goes on, from /v1/live: a snapshot a second, and events as they come. Rates and latencies are of what
// lies between two snapshots. The stream runs while somebody looks: not in a tab that is hidden, nor while it is
// paused.

import { byId, bytes, clock, count, draw, duration, fill, make, micros, plural, rate, say } from "./dom.js";
import { Stream } from "./sse.js";

const KEPT = 60; // snapshots: a minute
const WINDOW = 10; // of which latencies are told
const MOST_EVENTS = 50;

let snapshots = [],
  state = "",
  generation = 0,
  isPaused = false,
  wasLost = false;

function connection(name, words) {
  byId("connection").dataset.state = name;
  if (byId("connection-words").textContent !== words) byId("connection-words").textContent = words;
}

// A minute of a number, as a line.
function spark(values) {
  const most = Math.max(...values, 1),
    width = 240,
    height = 36;
  const x = (i) => (width * (i + KEPT - values.length)) / (KEPT - 1);
  const points = values.map((v, i) => `${x(i).toFixed(1)},${(height - 1 - (height - 3) * (v / most)).toFixed(1)}`);
  return draw(
    "svg",
    { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("polyline", { points: points.join(" ") }),
  );
}

// Of the counter, a second, between one snapshot and the next.
function rates(name) {
  return snapshots.slice(1).map((s, i) => {
    const before = snapshots[i],
      seconds = (s.uptime_ms - before.uptime_ms) / 1000;
    return seconds > 0 ? Math.max(0, (s.counters[name] - before.counters[name]) / seconds) : 0;
  });
}

const last = (list) => list[list.length - 1];

// Both are {buckets_us, counts}. The upper end of the bucket in which that share is of what came between them; null:
// nothing did.
function percentile(now, before, share) {
  const counts = now.counts.map((n, i) => Math.max(0, n - (before?.counts[i] ?? 0)));
  const all = counts.reduce((a, b) => a + b, 0);
  let sum = 0;
  if (all === 0) return null;
  const at = counts.findIndex((n) => (sum += n) >= share * all);
  return now.buckets_us[at] < 0 ? `> ${micros(now.buckets_us[at - 1])}` : micros(now.buckets_us[at]);
}

const windowStart = () => snapshots[Math.max(0, snapshots.length - 1 - WINDOW)];

function latency(name, now) {
  const of = [now.latency[name], windowStart().latency[name]];
  const told = [0.5, 0.99].map((share) => percentile(...of, share));
  return told[0] === null ? "–" : `p50 ${told[0]}, p99 ${told[1]}`;
}

const fact = (name, ...value) => make("div", {}, make("dt", {}, name), make("dd", {}, ...value));

function plate(label, name, now) {
  const values = rates(name);
  return make(
    "div",
    { class: "plate" },
    make("span", { class: "figure" }, rate(last(values) ?? 0)),
    make("span", { class: "soft" }, label),
    spark(values.length > 0 ? values : [0]),
    make("span", { class: "soft" }, `${count(now.counters[name])} in all`),
  );
}

function workerRow(w) {
  return make(
    "tr",
    {},
    make(
      "th",
      { scope: "row" },
      `${w.worker}`,
      w.pool !== "default" && make("span", { class: "soft" }, ` ${w.pool}`),
    ),
    make(
      "td",
      {},
      make("span", { class: `state ${w.state}` }, w.state),
      w.plugin && make("span", { class: "soft" }, ` ${w.plugin} ${duration(w.plugin_ms)}`),
    ),
    make("td", { class: "n" }, count(w.documents)),
    make("td", { class: "n" }, count(w.done)),
    make("td", { class: "n" }, bytes(w.rss_bytes)),
    make("td", { class: "n" }, w.pss_bytes > 0 ? bytes(w.pss_bytes) : "–"), // not known yet, or an old kernel's
  );
}

function pluginRow(p) {
  const bad = p.failures + p.crashes + p.timeouts;
  const before = windowStart().plugins.find((b) => b.name === p.name && b.hash === p.hash);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, p.name, make("span", { class: "soft version" }, p.version)),
    make(
      "td",
      {},
      make("span", { class: `state ${p.state}` }, p.state),
      p.reason && make("span", { class: "soft reason" }, p.reason),
    ),
    make("td", { class: "n" }, percentile(p, before, 0.5) ?? "–"),
    make("td", { class: "n" }, percentile(p, before, 0.99) ?? "–"),
    make("td", { class: "n" }, count(p.documents)),
    make("td", { class: `n ${bad > 0 ? "bad" : ""}` }, count(bad)),
  );
}

function grid(caption, heads, rows) {
  return make(
    "div",
    { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          heads.map((h, i) => make("th", { scope: "col", class: i > 1 ? "n" : "" }, h)),
        ),
      ),
      make("tbody", {}, rows),
    ),
  );
}

function reload(r) {
  if (!r) return "none yet";
  return [
    make("span", { class: `state ${r.ok ? "active" : "failed"}` }, r.ok ? "done" : "failed"),
    ` ${clock(r.unix_ms)}, ${r.op}, ${r.ok ? `generation ${r.generation}, ` : ""}${duration(r.took_ms)}`,
    r.error && make("span", { class: "reason soft" }, r.error),
  ];
}

// Without the places in which a reader may just be: those that scroll keep where they are.
function show(now) {
  const scrolled = [...byId("live-body").querySelectorAll(".wide")].map((e) => [
    e.scrollLeft,
    e === document.activeElement,
  ]);
  const listening = now.listening ?? {};
  fill(
    byId("live-body"),
    make(
      "div",
      { class: "plates" },
      plate("answered / s", "documents_answered", now),
      plate("failed / s", "documents_failed", now),
      plate("refused / s", "requests_refused", now),
    ),
    make(
      "dl",
      { class: "pairs" },
      fact(
        "Under way",
        `${plural(now.documents, "document")}, ${count(now.waiting)} waiting, ${bytes(now.held_bytes)}`,
      ),
      fact("Latency", latency("document", now)),
      fact("In the queue", latency("queue", now)),
      fact(
        "Clients",
        make(
          "span",
          { class: `state ${listening.ok ? "active" : "failed"}` },
          listening.ok ? "accepted" : "not accepted",
        ),
        listening.memory !== "easy" && ` ${bytes(listening.unread_bytes)} unread`,
      ),
      fact(
        "Generation",
        `${now.generation}`,
        now.generations
          ?.filter((g) => g.generation !== now.generation)
          .map((g) => make("span", { class: "soft" }, `, ${g.generation} ${g.state}`)),
      ),
      fact("Last reload", reload(now.last_reload)),
    ),
    grid("Workers", ["", "State", "Has", "Done", "RSS", "PSS"], now.workers.map(workerRow)),
    grid("Plugins", ["Name", "State", "p50", "p99", "Docs", "Failed"], now.plugins.map(pluginRow)),
    make(
      "p",
      { class: "soft" },
      `Latency, p50 and p99 are upper bounds, of the last ${WINDOW} seconds. textd ${now.version}, process ${now.pid}`,
      now.restarts > 0 && `, restarted ${plural(now.restarts, "time")}`,
    ),
  );
  [...byId("live-body").querySelectorAll(".wide")].forEach((e, i) => {
    if (scrolled[i]) e.scrollLeft = scrolled[i][0];
    if (scrolled[i]?.[1]) e.focus({ preventScroll: true });
  });
}

function take(now, onGeneration) {
  const before = last(snapshots);
  const isAnother = before && (now.supervisor_pid !== before.supervisor_pid || now.uptime_ms < before.uptime_ms);
  if (isAnother) snapshots = []; // it counts anew
  snapshots = [...snapshots, now].slice(-KEPT - 1);
  connection(
    now.state === "serving" ? "good" : "warn",
    `${now.state}, for ${duration(Math.max(1000, now.uptime_ms - (now.uptime_ms % 1000)))}`,
  );
  if (state && state !== now.state) say(`textd is ${now.state}.`);
  state = now.state;
  if (generation && generation !== now.generation) say(`Generation ${now.generation} serves.`);
  generation = now.generation;
  onGeneration(`${now.supervisor_pid}/${generation}`, generation);
  show(now);
}

function addEvent({ event, unix_ms: at, level, ...fields }) {
  const told = Object.entries(fields).filter(([, value]) => value !== "");
  const words = told.map(([key, value]) =>
    make("span", { class: "pair" }, make("span", { class: "soft" }, `${key}=`), String(value)),
  );
  const list = byId("events");
  list.prepend(
    make(
      "li",
      { class: level },
      make("time", { datetime: new Date(at).toISOString() }, clock(at)),
      " ",
      make("strong", {}, event),
      level !== "info" && ` ${level}`,
      " ",
      words,
    ),
  );
  while (list.children.length > MOST_EVENTS) list.lastChild.remove();
}

function note(words) {
  byId("live-problem").textContent = words;
  byId("live-problem").hidden = !words;
}

// onGeneration(which, number): this set of plugins serves; told with each snapshot. onToken: the daemon wants a
// token. Returns the stream.
export function live(onGeneration, onToken) {
  const stream = new Stream("v1/live", {
    open: () => {
      note("");
      if (wasLost) say("Connected again.");
      wasLost = false;
    },
    event: ({ event, data }) => {
      if (event === "status") take(JSON.parse(data), onGeneration);
      else if (event === "log") addEvent(JSON.parse(data));
    },
    lost: (words, ms) => {
      connection("bad", "not connected");
      note(`${words}; next try in ${duration(Math.max(1000, ms))}.`);
      if (!wasLost) say("The connection to textd is lost.");
      wasLost = true;
    },
    refused: () => {
      connection("bad", "wants a token");
      onToken();
    },
  });
  const run = () => {
    if (isPaused || document.hidden) stream.stop();
    else stream.start();
  };
  byId("pause").addEventListener("click", () => {
    isPaused = !isPaused;
    byId("pause").setAttribute("aria-pressed", String(isPaused));
    connection("wait", isPaused ? "paused" : "connecting");
    run();
  });
  document.addEventListener("visibilitychange", run);
  run();
  return { restart: run };
}
