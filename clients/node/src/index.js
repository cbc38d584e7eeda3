"use strict";

const { Client } = require("./client.js");
const { Doc } = require("./doc.js");
const { serverError, withCallersStack, ...errors } = require("./errors.js");

module.exports = { Client, Doc, ...errors };
