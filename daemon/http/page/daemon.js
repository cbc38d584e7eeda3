// daemon.js: requests to the textd that this page came from, and its answers. Where a token is wanted the browser has
// asked for it before it got this page, and sends it along. One that was typed in here, since another holds meanwhile,
// is kept for this tab alone; it goes into a header, never into an address, a cookie or what is shown.

const base = new URL(".", document.baseURI); // below whatever path a proxy has put us
base.username = base.password = ""; // a link may have brought the token; fetch() takes no such address
const KEY = "textd.token";
let isGuarded = false; // it answered because there was a token

export const address = (path) => new URL(path, base).href;
export const hasToken = () => Boolean(sessionStorage.getItem(KEY));

export function keepToken(token) {
  if (token) sessionStorage.setItem(KEY, token);
  else sessionStorage.removeItem(KEY);
}

export function headers(more = {}) {
  const token = sessionStorage.getItem(KEY);
  return token ? { Authorization: `Bearer ${token}`, ...more } : more;
}

// What the daemon said no with, in its own words.
export class Refusal extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.plugin = error.plugin;
    this.retryAfterMs = error.retry_after_ms;
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// The answer, as it was sent and as a value. Throws a Refusal, an AbortError, or an Error that says what didn't work.
export async function ask(path, { method = "GET", body, type, signal } = {}) {
  let response, text;
  try {
    response = await fetch(address(path), {
      method,
      body,
      signal,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      headers: headers(type ? { "Content-Type": type } : {}),
    });
    text = await response.text();
    isGuarded ||= (response.headers.get("Vary") ?? "").includes("Authorization");
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("textd doesn't answer: it isn't running, or can't be reached from here.");
  }
  const value = read(text);
  if (value?.error) throw new Refusal(response.status, value.error);
  if (!response.ok || !value)
    throw new Refusal(response.status, { message: text.trim() || `HTTP ${response.status}, without a word` });
  return { text, value };
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// A kernel takes 128 KiB as one argument of a command.
const ARGUMENT = 100000;

// The command that does the same as ask(). A long body goes in by standard input; one that is no text is a file.
export function curl(path, type, body, file) {
  const words = [`curl -sS ${quoted(address(path))}`, `-H ${quoted(`Content-Type: ${type}`)}`];
  if (isGuarded || hasToken()) words.push('-H "Authorization: Bearer $TEXTD_TOKEN"');
  if (file !== undefined) return [...words, `--data-binary ${quoted(`@${file}`)}`].join(" \\\n  ");
  const isLong = new TextEncoder().encode(body).length > ARGUMENT;
  words.push(`--data-binary ${isLong ? "@- <<'END'" : quoted(body)}`);
  return words.join(" \\\n  ") + (isLong ? `\n${body}\nEND` : "");
}
