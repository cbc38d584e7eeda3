// spans.js: what of the results lies where in the text. Results are known by their shape, not by their plugin's name:
// an operator may call a plugin as he likes, and somebody else's may find the same sort of things.

const isSpan = (s, length) =>
  Number.isInteger(s?.start) && Number.isInteger(s?.end) && 0 <= s.start && s.start < s.end && s.end <= length;

const listOf = (value, isOne) => (Array.isArray(value) && value.every(isOne) ? value : null);

// Sorted, and each begins where the one before has ended, or later: what overlaps is left out.
function inLine(spans) {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return sorted.filter((s) => s.start >= end && ((end = s.end), true));
}

const isFinding = (length) => (e) => isSpan(e, length) && typeof e.type === "string";
const isScored = (length) => (s) => isSpan(s, length) && typeof s.score === "number";

// results: {plugin: result}. What isn't known by its shape is in `others`.
export function sort(results, text) {
  const found = { entities: [], sentiments: [], summaries: [], sentences: [], others: [] };
  const n = text.length;
  for (const [name, result] of Object.entries(results)) {
    const entities = listOf(result?.entities, isFinding(n));
    const scored = listOf(result?.sentences, isScored(n));
    const pairs = listOf(result?.sentences, (s) => Array.isArray(s) && isSpan({ start: s[0], end: s[1] }, n));
    if (result?.score === null && result.label === null) continue; // the text was left alone: a warning has said why
    if (entities) found.entities = found.entities.concat(entities);
    else if (typeof result?.summary === "string" && scored)
      found.summaries.push({ ...result, plugin: name, keyphrases: listOf(result.keyphrases, (k) => isSpan(k, n)) });
    else if (typeof result?.score === "number" && typeof result.label === "string")
      found.sentiments.push({
        ...result,
        plugin: name,
        sentences: scored ?? [],
        entities: listOf(result.entities, isScored(n)) ?? [],
      });
    else if (pairs && Object.keys(result).every((key) => key === "sentences" || key === "tokens"))
      found.sentences = pairs.map(([start, end]) => ({ start, end }));
    else found.others.push([name, result]);
  }
  found.entities.sort((a, b) => a.start - b.start);
  return found;
}

// What is shown in the text: sentences with what is known of them, entities and keyphrases, each in a line.
export function layers(found) {
  const sentences = new Map();
  const add = (s, more) => {
    const key = `${s.start}-${s.end}`;
    sentences.set(key, { start: s.start, end: s.end, ...sentences.get(key), ...more });
  };
  for (const s of found.sentences) add(s, {});
  for (const s of found.sentiments[0]?.sentences ?? []) add(s, { score: s.score, label: s.label });
  for (const s of found.summaries[0]?.sentences ?? []) add(s, { rank: s.rank });
  return {
    sentences: inLine(sentences.values()),
    entities: inLine(found.entities),
    keyphrases: inLine(found.summaries[0]?.keyphrases ?? []),
  };
}

// Calls piece(start, end, {sentence, entity, keyphrase}) for each stretch of text over which nothing of these changes.
export function cut(length, { sentences, entities, keyphrases }, piece) {
  const lines = { sentence: sentences, entity: entities, keyphrase: keyphrases };
  const cuts = new Set([0, length]);
  for (const spans of Object.values(lines)) for (const s of spans) cuts.add(s.start).add(s.end);
  const at = { sentence: 0, entity: 0, keyphrase: 0 };
  const places = [...cuts].filter((c) => c <= length).sort((a, b) => a - b);
  for (let i = 0; i + 1 < places.length; i++) {
    const here = {};
    for (const [name, spans] of Object.entries(lines)) {
      while (spans[at[name]]?.end <= places[i]) at[name]++;
      const s = spans[at[name]];
      here[name] = s && s.start <= places[i] ? s : null;
    }
    piece(places[i], places[i + 1], here);
  }
}
