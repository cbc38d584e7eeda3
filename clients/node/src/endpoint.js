"use strict";
// Where a daemon of the same user listens when nobody says otherwise: docs/configuration.md, common/rundir.c.

const fs = require("node:fs");
const path = require("node:path");
const { InvalidArgument } = require("./errors.js");

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

function runDirectory(env, uid) {
  if (env.RUNTIME_DIRECTORY?.startsWith("/")) return env.RUNTIME_DIRECTORY;
  if (uid === 0) return "/run/textd";
  if (env.XDG_RUNTIME_DIR?.startsWith("/")) return `${env.XDG_RUNTIME_DIR}/textd`;
  return `/tmp/textd-${uid}`;
}

function stat(name, how = fs.statSync) {
  try {
    return how(name);
  } catch {
    return null; // nothing to connect to; that is found out soon enough
  }
}

const isOurs = (st, uid) => st.uid === uid || st.uid === 0;
const isOpen = (st) => (st.mode & OTHERS_WRITE) !== 0 && (st.mode & STICKY) === 0;

function checkOwner(folder, st, uid) {
  if (!isOurs(st, uid))
    throw new InvalidArgument(
      `the folder ${folder} belongs to user ${st.uid}, who could stand in textd's place; it must be ` +
        `ours (user ${uid}) or root's`,
    );
}

function checkMode(folder, st) {
  if (isOpen(st))
    throw new InvalidArgument(
      `the folder ${folder} may be written by others (mode ${(st.mode & 0o7777).toString(8)}); make it 700`,
    );
}

// Another user who made the folder, or may write into it, could read our texts.
function checkFolder(folder, uid) {
  const link = stat(folder, fs.lstatSync);
  if (!link) return;
  if (link.isSymbolicLink()) checkOwner(folder, link, uid);
  let real;
  try {
    real = fs.realpathSync(folder);
  } catch {
    return;
  }
  const above = path.dirname(real);
  const st = stat(real);
  const stAbove = stat(above);
  if (!st || !stAbove) return;
  const rootsAlone = stAbove.uid === 0 && (stAbove.mode & OTHERS_WRITE) === 0;
  if (!rootsAlone) checkOwner(real, st, uid);
  checkMode(real, st);
  checkOwner(above, stAbove, uid);
  checkMode(above, stAbove);
}

// In a folder for all, such as /tmp, who comes first has the name: better we than somebody else.
function claimFolder(folder) {
  const above = stat(path.dirname(folder));
  if (!above || (above.mode & STICKY) === 0) return;
  try {
    fs.mkdirSync(folder, 0o700);
  } catch (error) {
    if (error.code !== "EEXIST") throw new InvalidArgument(`can't make the folder ${folder}: ${error.message}`);
  }
}

function defaultEndpoint(env = process.env, uid = process.geteuid?.()) {
  if (env.TEXTD_ENDPOINT) return env.TEXTD_ENDPOINT;
  if (uid === undefined)
    throw new InvalidArgument("no endpoint was given, and TEXTD_ENDPOINT is not set; one is tcp://HOST:PORT");
  const folder = runDirectory(env, uid);
  claimFolder(folder);
  checkFolder(folder, uid);
  return `ipc://${folder}/textd.sock`;
}

module.exports = { defaultEndpoint };
