"use strict";
// The clock as it was when the client was loaded. A program's tests may put another in its place, which stands still
// (mock timers of node:test, of Jest); a client that took that one would wait for ever.

const { clearTimeout, setImmediate, setTimeout } = require("node:timers");

const now = performance.now.bind(performance);

module.exports = { clearTimeout, now, setImmediate, setTimeout };
