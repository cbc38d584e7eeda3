// What is shipped: the files, the types, the versions; and README's examples, each run as it stands.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import * as textd from "../src/index.mjs";
import { PACKAGE, ROOT, environment, runNode, start } from "./daemon.mjs";

const read = (...names) => readFileSync(path.join(...names), "utf8");
const manifest = JSON.parse(read(PACKAGE, "package.json"));

test("the package has these files and no others, the licence among them", () => {
  const [{ files }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: PACKAGE,
      env: environment(),
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  assert.deepEqual(files.map((file) => file.path).sort(), [
    "LICENSE",
    "README.md",
    "package.json",
    "src/aborts.js",
    "src/batch.js",
    "src/client.js",
    "src/clock.js",
    "src/delivery.js",
    "src/doc.js",
    "src/endpoint.js",
    "src/errors.js",
    "src/index.d.mts",
    "src/index.d.ts",
    "src/index.js",
    "src/index.mjs",
    "src/keys.js",
    "src/link.js",
    "src/polled.js",
    "src/watched.js",
    "src/wire.js",
  ]);
  assert.equal(read(PACKAGE, "LICENSE"), read(ROOT, "LICENSE"));
});

test("README's command installs it into a project elsewhere, with what it needs", async (t) => {
  const { daemon } = await start(t);
  const folder = mkdtempSync("/tmp/td");
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(ROOT, path.join(folder, "textd"));
  const project = path.join(folder, "project");
  mkdirSync(project);
  writeFileSync(path.join(project, "package.json"), "{}");
  const command = /^ {4}(npm install \S.*?) +#/m.exec(read(PACKAGE, "README.md"))[1];
  assert.ok(read(ROOT, "README.md").includes(`\`${command}\``));
  // The two packages that it stands on are in npm's cache, since they were installed for these tests.
  execFileSync("sh", ["-c", `${command} --prefer-offline --ignore-scripts`], {
    cwd: project,
    env: environment(),
    stdio: ["ignore", "ignore", "inherit"],
  });
  // A link would find what it needs beside itself only where our own tests have put it.
  assert.ok(!lstatSync(path.join(project, "node_modules/@textd/client")).isSymbolicLink());
  const body = 'new Client().annotate("Acme Corp. paid.").then((doc) => console.log(doc.entities[0].text));';
  for (const [kind, source] of [
    ["module", `import { Client } from "@textd/client"; ${body}`],
    ["commonjs", `const { Client } = require("@textd/client"); ${body}`],
  ]) {
    const env = { TEXTD_ENDPOINT: daemon.endpoint };
    const { code, out, err } = await runNode([`--input-type=${kind}`, "-e", source], { cwd: project, env });
    assert.deepEqual([code, out, err], [0, "Acme Corp.\n", ""], kind);
  }
});

test("its version is textd's", () => {
  assert.equal(manifest.version, /TEXTD_VERSION "([^"]+)"/.exec(read(ROOT, "include/textd/version.h"))[1]);
});

test("it stands on two packages, each known by its hash and from nowhere but npm's registry", () => {
  assert.deepEqual(Object.keys(manifest.dependencies), ["@msgpack/msgpack", "zeromq"]);
  const { packages } = JSON.parse(read(PACKAGE, "package-lock.json"));
  for (const [name, { integrity, resolved, version }] of Object.entries(packages)) {
    if (name === "") assert.equal(version, manifest.version);
    else assert.match(integrity, /^sha512-/, name);
    if (resolved) assert.ok(resolved.startsWith("https://registry.npmjs.org/"), resolved);
  }
});

test("its types hold under --strict, for import and for require, and name all that there is", () => {
  try {
    execFileSync(
      process.execPath,
      [path.join(PACKAGE, "node_modules/typescript/bin/tsc"), "-p", path.join(PACKAGE, "test/types")],
      { encoding: "utf8" },
    );
  } catch (error) {
    assert.fail(error.stdout);
  }
  const declared = [...read(PACKAGE, "src/index.d.ts").matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(
    declared.sort(),
    Object.keys(textd)
      .filter((name) => name !== "default" && name !== "module.exports")
      .sort(),
  );
});

// A stand-in for what Express gives a handler, so that an example needs no package for its test.
const EXPRESS = `const http = require("node:http");
module.exports = () => {
  const routes = new Map();
  return {
    use() {}, post: (at, handler) => routes.set(at, handler),
    listen: (port, then) => http.createServer((req, res) => {
      let body = "";
      req.on("data", (data) => (body += data)).on("end", () => {
        req.body = body;
        res.json = (value) => res.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
        res.status = (code) => ((res.statusCode = code), res);
        res.set = (name, value) => (res.setHeader(name, value), res);
        routes.get(req.url)(req, res, (error) => { throw error; });
      });
    }).listen(port, then),
  };
};
module.exports.text = () => {};
`;

const examples = [...read(PACKAGE, "README.md").matchAll(/^```(js|cjs)\n(.*?)^```/gms)].map(([, kind, source]) => ({
  kind,
  source,
}));

test("README has examples", () => assert.ok(examples.length >= 5));

for (const [i, { kind, source }] of examples.entries())
  test(`README's example ${i + 1}: ${source.split("\n").find((line) => line.trim() && !line.startsWith("import"))}`, async (t) => {
    const { daemon } = await start(t);
    const folder = mkdtempSync("/tmp/td");
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(path.join(folder, "node_modules/@textd"), { recursive: true });
    symlinkSync(PACKAGE, path.join(folder, "node_modules/@textd/client"));
    mkdirSync(path.join(folder, "node_modules/express"));
    writeFileSync(path.join(folder, "node_modules/express/index.js"), EXPRESS);
    for (const name of ["news.txt", "more.txt"])
      writeFileSync(path.join(folder, name), "Acme Corp. paid $3 million to Jane Doe.\nGreat news!\n");
    const file = path.join(folder, `example.${kind === "js" ? "mjs" : "cjs"}`);
    writeFileSync(file, source);
    const { code, out, err } = await runNode([file], {
      cwd: folder,
      env: {
        TEXTD_ENDPOINT: daemon.endpoint,
        ...(source.includes("express") && {
          NODE_OPTIONS: `--import ${JSON.stringify(path.join(PACKAGE, "test/asks.mjs"))}`,
        }),
      },
    });
    assert.deepEqual([code, err], [0, ""], `${source}\n${out}`);
    for (const [, wanted] of source.matchAll(/\/\/ => (.*)$/gm))
      assert.ok(out.includes(wanted), `it should print ${wanted}, and printed:\n${out}`);
  });
