// The real daemon, in a private directory, for a test. Nothing here waits for a time; all wait for a state, with a
// bound.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "../src/index.mjs";

export const HERE = path.dirname(fileURLToPath(import.meta.url));
export const PACKAGE = path.dirname(HERE);
export const ROOT = path.resolve(PACKAGE, "../..");
export const BUILD = process.env.TEXTD_BUILD ?? path.join(ROOT, "build");

// A plugin that misbehaves as the text says; any other text is answered with its length.
export const FAULT = {
  plugin_dirs: [path.join(BUILD, "tests/plugins/good")],
  plugins: [{ name: "fault" }],
  suspend: { deaths: 0 },
  workers: { count: 2 },
};

export function environment(more = {}) {
  const env = { ...process.env, ...more };
  for (const key of Object.keys(process.env))
    if (key.startsWith("TEXTD_") || key === "RUNTIME_DIRECTORY" || key.startsWith("NODE_TEST")) delete env[key];
  return { ...env, ...more };
}

export async function waitFor(what, test, seconds = 10) {
  for (const end = performance.now() + seconds * 1000; ;) {
    const found = await test();
    if (found) return found;
    assert.ok(performance.now() < end, `waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

// Gone, or dead and only not yet fetched by its parent.
function isGone(pid) {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

export class Daemon {
  constructor(config) {
    this.config = config;
    this.run = mkdtempSync("/tmp/td");
    this.endpoint = `ipc://${this.run}/textd.sock`;
  }

  async start() {
    const file = path.join(this.run, "textd.yaml");
    writeFileSync(file, JSON.stringify({ endpoints: [this.endpoint], ...this.config })); // JSON is YAML
    const log = openSync(path.join(this.run, "log"), "a");
    this.process = spawn(path.join(BUILD, "bin/textd"), ["--config", file], {
      stdio: ["ignore", "ignore", log],
      env: environment({ RUNTIME_DIRECTORY: this.run }),
    });
    closeSync(log);
    const client = new Client(this.endpoint, { connectMs: 10000 });
    try {
      assert.equal((await client.ping()).state, "serving", this.log());
    } finally {
      await client.close();
    }
    return this;
  }

  log() {
    return readFileSync(path.join(this.run, "log"), "utf8");
  }

  get supervisor() {
    const { pid } = this.process;
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean))
      if (
        existsSync(`/proc/${child}`) &&
        readFileSync(`/proc/${child}/cmdline`, "utf8").startsWith("textd: supervisor")
      )
        return Number(child);
    return undefined;
  }

  // Without a word to anybody, as a crash or the kernel does it.
  async kill() {
    const { supervisor } = this;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
    await waitFor("the supervisor to go, too", () => !supervisor || isGone(supervisor));
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null], this.log());
  }

  async control(message) {
    const client = new Client(`ipc://${this.run}/control.sock`);
    try {
      return await client.request(message);
    } finally {
      await client.close();
    }
  }

  async end() {
    try {
      await this.stop();
    } finally {
      this.process.kill("SIGKILL");
      rmSync(this.run, { recursive: true, force: true });
    }
  }
}

// A daemon and a client of it for as long as the test `t`.
export async function start(t, config = {}, options = {}) {
  const daemon = new Daemon({ workers: { count: 2 }, ...config });
  t.after(() => daemon.end());
  await daemon.start();
  const client = new Client(daemon.endpoint, options);
  t.after(() => client.close());
  return { daemon, client };
}

export function clientOf(t, endpoint, options) {
  const client = new Client(endpoint, options);
  t.after(() => client.close());
  return client;
}

// Runs a program of Node to its end: { code, signal, out, err, ms }.
export async function runNode(args, { env = {}, cwd = PACKAGE, kill = 30000, execArgv = [] } = {}) {
  const began = performance.now();
  const child = spawn(process.execPath, [...execArgv, ...args], {
    cwd,
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), kill);
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  return { code, signal, out, err, ms: performance.now() - began };
}
