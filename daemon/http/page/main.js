// main.js: the page's wiring: the text, a file, the request, its answer, the token.

import * as choices from "./choices.js";
import { ask, curl, hasToken, keepToken, Refusal } from "./daemon.js";
import { byId, bytes, duration, fill, make, plural, say } from "./dom.js";
import { live } from "./live.js";
import { indented, showReply } from "./results.js";

const CURL_SHOWN = 20000; // characters
const RAW_SHOWN = 1000000; // characters; the whole can be saved

const example = `Marta Lindqvist, who runs Calder & Voss in Port Ellery, paid $3.2 million for the old cannery on 14 March 2025. 🎉 \
“It was the best day of my life,” she said.

The fishermen are less happy. Their union says that the noise has driven the herring away, and that a compensation of 4.5 % is \
an insult. Two of them have already sold their boats.

Work on the new hall begins next Monday at 9:30 a.m. It will be 40 m long, and terribly expensive.`;

let running = null; // the AbortController of the request that is under way
let curlCommand = ""; // of the latest request
let raw = ""; // the latest answer, as it came
let badFile = null; // one that is no UTF-8, to be sent as it is: {name, bytes}
let learning = null; // the promise of the choices
let learnedOf = null; // which daemon's generation they are of
let afterToken = [];

// ---- The text

// As the daemon counts them: a pair of surrogates is one.
const characters = (text) => text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);

function tellText(words) {
  const text = byId("text").value;
  byId("text-facts").textContent =
    words ?? (text ? `${plural(characters(text), "character")}, ${bytes(new Blob([text]).size)}` : "nothing yet");
}

function setText(text, words) {
  badFile = null;
  byId("text").value = text;
  tellText(words);
}

async function takeFile(file) {
  const most = choices.limits().document_bytes;
  hideProblem();
  if (most !== undefined && file.size > most) {
    showProblem([`${file.name} has ${bytes(file.size)}; this textd takes ${bytes(most)} (limits.document_bytes).`]);
    return;
  }
  let read;
  try {
    read = await file.arrayBuffer();
  } catch (error) {
    showProblem([`${file.name} can't be read: ${error.message}`]);
    return;
  }
  try {
    setText(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read),
      `${file.name}, ${bytes(file.size)}`,
    );
    say(`${file.name} is in.`);
  } catch {
    // A textarea can't hold it. It goes as it is, so that the daemon says which byte is wrong.
    setText("", `${file.name}, ${bytes(file.size)}, as it is`);
    badFile = { name: file.name, bytes: read };
    await annotate();
  }
}

function watchText() {
  const drop = byId("drop");
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  byId("text").addEventListener("input", () => setText(byId("text").value));
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      annotate();
    }
  });
  byId("example").addEventListener("click", () => {
    setText(example);
    byId("text").focus();
  });
  byId("try").addEventListener("click", () => {
    setText(example);
    byId("text").focus();
    annotate();
  });
  byId("file").addEventListener("change", () => {
    const [file] = byId("file").files;
    byId("file").value = ""; // so that the same file can be taken again
    if (file) takeFile(file);
  });
  // Anywhere on the page: a file that misses the box by a finger would else replace the page.
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    if (!hasFile(event)) return;
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  });
}

// ---- The request

function showProblem(parts) {
  fill(byId("problem"), parts);
  byId("problem").hidden = false;
}

function hideProblem() {
  byId("problem").hidden = true;
  byId("problem").replaceChildren();
}

function showRefusal(error) {
  if (!(error instanceof Refusal)) {
    showProblem([error.message]);
    return;
  }
  showProblem([
    error.message,
    " ",
    error.code && make("code", {}, error.code),
    error.plugin && ` plugin ${error.plugin}`,
    error.retryAfterMs !== undefined && ` Try again in ${duration(error.retryAfterMs)}.`,
  ]);
}

function setRunning(controller) {
  running = controller;
  byId("cancel").hidden = !running;
  byId("annotate").setAttribute("aria-busy", String(Boolean(running)));
  byId("go").setAttribute("aria-disabled", String(Boolean(running)));
}

function showAnswer({ text: answer, value }, text) {
  raw = answer;
  const words = showReply(byId("found"), value, text);
  const result = byId("result");
  byId("hello").hidden = true;
  result.hidden = false;
  showRaw();
  if (result.getBoundingClientRect().top > innerHeight - 100) result.scrollIntoView({ block: "start" });
  say(words);
}

function showCurl(command) {
  curlCommand = command;
  byId("curl").textContent =
    command.length > CURL_SHOWN ? `${command.slice(0, CURL_SHOWN)}\n… (Copy takes all of it)` : command;
  byId("again").hidden = false;
}

// Only when somebody looks: it may be long.
function showRaw() {
  if (!byId("raw-box").open) return;
  const isLong = raw.length > RAW_SHOWN;
  byId("raw").textContent = isLong ? raw.slice(0, RAW_SHOWN) : indented(raw);
  byId("raw-facts").textContent =
    `${bytes(new TextEncoder().encode(raw).length)}${isLong ? "; the beginning is shown" : ""}`;
}

async function annotate() {
  if (running) return;
  const text = byId("text").value;
  const type = badFile ? "text/plain" : "application/json";
  const path = badFile ? "v1/annotate?offsets=utf16" : "v1/annotate";
  const body = badFile ? badFile.bytes : JSON.stringify(choices.request(text));
  const mine = new AbortController();
  hideProblem();
  setRunning(mine);
  showCurl(curl(path, type, body, badFile?.name));
  try {
    showAnswer(await ask(path, { method: "POST", type, body, signal: mine.signal }), text);
  } catch (error) {
    if (error.name === "AbortError") say("Cancelled.");
    else if (error.status === 401) wantToken(error.message, annotate);
    else showRefusal(error);
  } finally {
    setRunning(null);
  }
}

// ---- The token

// Asks for it once, whoever wants it; then does what each of them wanted.
function wantToken(words, then) {
  const wasHidden = byId("token-form").hidden;
  afterToken = [...new Set([...afterToken, then])];
  byId("token-form").hidden = false;
  const isWrong = hasToken() && words; // without one there is nothing to complain of yet
  byId("token-problem").textContent = isWrong ? words : "";
  byId("token-problem").hidden = !isWrong;
  if (wasHidden) byId("token").focus();
}

function takeToken(event) {
  const wanted = afterToken;
  event.preventDefault();
  keepToken(byId("token").value.trim());
  byId("token").value = "";
  byId("token-form").hidden = true;
  afterToken = [];
  byId("text").focus();
  for (const then of wanted) then();
}

// ---- All together

async function learn() {
  try {
    choices.describe((await ask("v1/describe")).value);
  } catch (error) {
    if (error.status === 401) wantToken(error.message, learn);
    else showRefusal(error);
  }
}

// Another set of plugins may serve after each reload, and another daemon after each time that the connection was lost.
async function relearn(of, generation) {
  if (of === learnedOf) return;
  const isFirst = learnedOf === null;
  learnedOf = of;
  await learning;
  if (!isFirst || choices.generation() !== generation) learning = learn();
}

function save() {
  const link = make("a", {
    href: URL.createObjectURL(new Blob([raw], { type: "application/json" })),
    download: "textd.json",
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Without a clipboard (a page that came over plain http from another machine has none) it is selected, to be copied
// by hand.
async function copy(button) {
  const name = button.dataset.copy;
  const words = name === "raw" ? raw : curlCommand;
  try {
    await navigator.clipboard.writeText(words);
    button.textContent = "Copied";
    say("Copied.");
    setTimeout(() => (button.textContent = "Copy"), 2000);
  } catch {
    getSelection().selectAllChildren(byId(name));
    say("Selected; copy it with the keyboard.");
  }
}

function start() {
  watchText();
  choices.watch();
  tellText(); // a browser may have kept what was typed before
  byId("annotate").addEventListener("submit", (event) => {
    event.preventDefault();
    annotate();
  });
  byId("cancel").addEventListener("click", () => {
    running?.abort();
    byId("go").focus();
  });
  byId("token-form").addEventListener("submit", takeToken);
  byId("raw-box").addEventListener("toggle", showRaw);
  byId("raw-save").addEventListener("click", save);
  for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));
  learning = learn();
  const stream = live(relearn, () => wantToken(null, () => stream.restart()));
}

start();
