// choices.js: what can be chosen: a pipeline or plugins, and their options, as /v1/describe has them. Only what is
// not as the daemon would have it anyway is sent; what is wrong the daemon says.

import { byId, fill, make, number, plural, put } from "./dom.js";

const PLUGINS = "plugins",
  PIPELINE = "pipeline ";

// What the page asks for, though a request gets it only when it does: there is a place to show it.
const wished = { keyphrases: ["int", 6], headline: ["bool", true] };

let described = { pipelines: [], plugins: [], limits: {} };

export const limits = () => described.limits ?? {};
export const generation = () => described.generation;

const chosenBoxes = () => [...byId("chosen").querySelectorAll("input")];

function chosenPlugins() {
  const what = byId("what").value;
  if (what === PLUGINS)
    return chosenBoxes()
      .filter((box) => box.checked)
      .map((box) => box.value);
  return described.pipelines.find((p) => PIPELINE + p.name === what)?.plugins ?? [];
}

// "0 to 1, default 0.5"
function bounds(option) {
  const isNumber = option.type === "int" || option.type === "float";
  const range =
    isNumber && option.min !== undefined && option.max !== undefined
      ? `${number(option.min)} to ${number(option.max)}`
      : "";
  const own = option.default === "" ? "empty" : String(option.default);
  return [option.type === "int" ? "whole number" : option.type === "float" ? "number" : "", range, `default ${own}`]
    .filter(Boolean)
    .join(", ");
}

function field(option, id) {
  const hints = { id, "data-type": option.type, "aria-describedby": `${id}-help` };
  if (option.type === "bool" || option.choices) {
    const values = option.choices ?? [false, true];
    const select = make(
      "select",
      hints,
      values.map((v) => make("option", { value: String(v) }, option.choices ? v : String(v))),
    );
    select.value = String(option.default);
    return select;
  }
  if (option.type === "text")
    return make("input", {
      ...hints,
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: option.default,
    });
  return make("input", {
    ...hints,
    type: "number",
    inputmode: "decimal",
    min: option.min,
    max: option.max,
    step: option.type === "int" ? 1 : "any",
    placeholder: option.default,
  });
}

// What is in the field, or undefined: as the daemon would have it anyway.
function read(input, option) {
  const words = input.value;
  if (input.validity.badInput) return input.value || "?"; // no number at all: the daemon says so
  if (words === "" || words === String(option.default)) return undefined;
  return option.type === "bool" ? words === "true" : option.type === "text" ? words : Number(words);
}

const wishFor = ({ name, type, default: own }) =>
  Object.hasOwn(wished, name) && wished[name][0] === type && !own ? String(wished[name][1]) : "";

const optionId = (plugin, option) => `option-${plugin.name}-${option.name}`;

function optionRow(plugin, option) {
  const id = optionId(plugin, option);
  const input = field(option, id);
  input.value = wishFor(option) || input.value;
  return make(
    "div",
    { class: "option" },
    make("label", { for: id }, option.name),
    input,
    make(
      "p",
      { id: `${id}-help`, class: "soft" },
      option.help,
      make("span", { class: "bounds" }, ` ${bounds(option)}`),
    ),
  );
}

function optionsOf(plugin) {
  const mine = plugin.options.filter((o) => o.per_request);
  return make(
    "fieldset",
    { class: "options", "data-plugin": plugin.name },
    make("legend", {}, plugin.name),
    make("p", { class: "soft" }, plugin.summary),
    mine.length > 0
      ? mine.map((o) => optionRow(plugin, o))
      : make("p", { class: "soft" }, "None that a request can set."),
  );
}

// Which fieldsets of options are of use: those of the plugins that run. What was typed into the others stays there,
// and is not sent.
function showOptions() {
  const names = new Set(chosenPlugins());
  for (const set of byId("options").children) set.hidden = !names.has(set.dataset.plugin);
  byId("chosen").hidden = byId("what").value !== PLUGINS;
  countOptions();
}

function countOptions() {
  const { options, lang, deadline_ms: deadline } = request("");
  const set = Object.values(options ?? {}).flatMap((of) => Object.keys(of));
  if (lang) set.push("lang");
  if (deadline) set.push("deadline_ms");
  const names = set.length > 4 ? [...set.slice(0, 3), "…"] : set;
  byId("options-facts").textContent =
    set.length > 0 ? `${set.length} set: ${names.join(", ")}` : "as the daemon has them";
}

// Takes over what /v1/describe says; what had been chosen and typed stays, where it is still there.
export function describe(answer) {
  const typed = new Map(
    [...byId("annotate").querySelectorAll("#options [id], #chosen input, #what")].map((e) => [
      e.id,
      e.type === "checkbox" ? e.checked : e.value,
    ]),
  );
  described = answer;
  fill(
    byId("what"),
    described.pipelines.map((p) =>
      make("option", { value: PIPELINE + p.name }, `pipeline ${p.name}: ${p.plugins.join(", ")}`),
    ),
    make("option", { value: PLUGINS }, "plugins of my choice"),
  );
  fill(
    byId("chosen"),
    make("legend", {}, "Plugins"),
    described.plugins.map((p) => {
      const id = `run-${p.name}`;
      const box = make("input", { type: "checkbox", id, value: p.name, "aria-describedby": `${id}-help` });
      box.checked = true;
      return make(
        "div",
        { class: "choice" },
        box,
        make("label", { for: id }, p.name),
        make("span", { id: `${id}-help`, class: "soft" }, `${p.summary}${p.state === "active" ? "" : ` (${p.state})`}`),
      );
    }),
  );
  fill(byId("options"), described.plugins.map(optionsOf));
  for (const [id, value] of typed) {
    const element = byId(id);
    if (element?.type === "checkbox") element.checked = value;
    else if (
      element?.matches("select") ? [...element.options].some((o) => o.value === value) : element?.matches("input")
    )
      element.value = value;
  }
  showOptions();
  return `${plural(described.plugins.length, "plugin")}, ${plural(described.pipelines.length, "pipeline")}`;
}

// The request for a text, as docs/protocol.md has it. Offsets are asked for as a string of JavaScript counts.
export function request(text) {
  const what = byId("what").value,
    names = chosenPlugins(),
    options = {};
  for (const plugin of described.plugins.filter((p) => names.includes(p.name)))
    for (const option of plugin.options.filter((o) => o.per_request)) {
      const value = read(byId(optionId(plugin, option)), option);
      if (value !== undefined) (options[plugin.name] ??= {})[option.name] = value;
    }
  const asked = { text, offsets: "utf16" };
  if (what === PLUGINS) asked.plugins = names;
  else if (what && what !== `${PIPELINE}default`) asked.pipeline = what.slice(PIPELINE.length);
  if (Object.keys(options).length > 0) asked.options = options;
  if (byId("lang").value) asked.lang = byId("lang").value;
  if (byId("deadline").value) asked.deadline_ms = Number(byId("deadline").value);
  return asked;
}

export function watch() {
  byId("annotate").addEventListener("input", (event) => {
    if (event.target.closest("#chosen, #what")) showOptions();
    else if (event.target.closest("#options-box")) countOptions();
  });
}
