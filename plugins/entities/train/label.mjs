// Labels plain news by what a model of ours says of it, and by lists and patterns where it isn't sure: self-training (after Yarowsky 1995, "Unsupervised word sense
// disambiguation rivaling supervised methods"). What they don't agree on gets the type `?`, which is left as it is. Then follow copies of the texts in which other
// names of the same kind stand, from the lists: that a company may stand where another did is what a learner can't know. Usage:
//
//   node label.mjs NAMES TEXTS PREDICTIONS > texts.jsonl
//
// TEXTS is JSON Lines, of which only the text is looked at (or `strip`, to write them for the model), PREDICTIONS what `textctl evaluate entities --min-score 0` said.
import { Chance, readLines, readNames, title } from './texts.mjs';

const [namesFile, textsFile, predictionsFile] = process.argv.slice(2);
if (namesFile === 'strip') {
  for (const { id, text } of readLines(textsFile)) console.log(JSON.stringify({ id, text, entities: [] }));
  process.exit(0);
}

const SURE = 0.8, SURE_TYPE = 0.7, LIKELY = 0.5; // probabilities, calibrated
const { wholes, byKind } = readNames(namesFile);
const chance = new Chance(19950626);
const typeOf = {
  company: 'ORG', institution: 'ORG', club: 'ORG', organization: 'ORG', people: 'NORP', country: 'LOC', region: 'LOC', 'big-city': 'LOC', city: 'LOC', language: 'LANGUAGE',
  product: 'PRODUCT', person: 'PERSON', work: 'WORK', event: 'EVENT',
};

// ---- Labels --------------------------------------------------------------------------------------------------------------------

const trades = '(?:car|plane|drug|chip|phone|software|tobacco|beer|toy|steel|aircraft)[ -]?(?:maker|giant|company|firm)s?|airline|bank|company|firm|retailer|insurer|brewer|corporation|conglomerate|oil giant';
const firmBefore = new RegExp(`(?:\\b(?:shares|stock|stake) (?:of|in)|\\b(?:the|a|an)(?: \\p{Lu}\\p{Ll}+)?(?: \\p{Ll}+)? (?:${trades})|\\b(?:chief executive|CEO|chairman|founder|spokesman|spokeswoman|analyst|executives?|employees) (?:of|for|at|with)|\\bowned by|\\bmade by|\\bmaker of) $`, 'u');
const firmBehind = new RegExp(`^(?:'s)?,? (?:said (?:on \\p{Lu}|it |its )|shares|stock|chief executive|CEO|chairman|spokesman|spokeswoman|has agreed|reported|announced|(?:the|a) (?:\\p{Ll}+ )?(?:${trades}))`, 'u');

// Behind a title stands a person; the title is none.
function cutTitle(bytes, entity) {
  if (bytes.toString('utf8', entity.start, entity.end).startsWith('the ')) entity.start += 4;
  for (let cut; (cut = title.exec(bytes.toString('utf8', entity.start, entity.end))); ) {
    entity.start += Buffer.byteLength(cut[0]);
    entity.isTitled = true;
  }
  entity.isTitled ||= /\b(?:Mr|Mrs|Ms|Dr)\.? $/.test(bytes.toString('utf8', Math.max(0, entity.start - 5), entity.start));
}

// Some sets that the model has learned from have peoples as places, others as organizations.
function isPeople(name) {
  const kinds = wholes.get(name)?.kinds;
  return kinds?.has('people') && !['country', 'region', 'big-city', 'city'].some((kind) => kinds.has(kind)) && /(ian|ean|can|ese|ish|[iai]c|[^aeiou]i|im|an|ni|ch|s|men)$/.test(name);
}

function believe(bytes, entity) {
  cutTitle(bytes, entity);
  const name = bytes.toString('utf8', entity.start, entity.end), known = wholes.get(name);
  if (isPeople(name) && entity.name_score >= LIKELY && entity.type !== 'PERSON') return 'NORP';
  const typeShare = entity.score / Math.max(entity.name_score, 1e-6);
  if (entity.name_score >= SURE && typeShare >= SURE_TYPE) return entity.type;
  if (entity.isTitled && entity.type === 'PERSON' && entity.name_score >= LIKELY) return 'PERSON';
  if (entity.type === 'ORG' && entity.name_score >= LIKELY && (isBody.test(name) || /^(\p{Lu}{2,6}|(\p{Lu}\.){2,4})$/u.test(name))) return 'ORG';
  if (!known || (known.isPlain && !(known.isFamous && name.includes(' ')))) return '?';
  const types = new Set([...known.kinds].map((kind) => typeOf[kind]));
  if (types.size > 1 && !types.has(entity.type)) return '?';
  if (types.has(entity.type) && (types.size === 1 || name.includes(' ')) && entity.name_score >= LIKELY) return entity.type;
  const before = bytes.toString('utf8', Math.max(0, entity.start - 60), entity.start), behind = bytes.toString('utf8', entity.end, entity.end + 60);
  if (types.has('ORG') && known.isFamous && (firmBefore.test(before) || firmBehind.test(behind))) return 'ORG';
  types.delete('LANGUAGE');
  if (types.size === 1 && types.has('NORP') && entity.name_score >= LIKELY) return 'NORP';
  return '?';
}

// One name, one type in a text, but where the model is rather sure of another.
function spread(bytes, found) {
  const sure = new Map();
  for (const entity of found) {
    const name = bytes.toString('utf8', entity.start, entity.end);
    if (entity.label === '?') continue;
    sure.set(name, sure.has(name) && sure.get(name) !== entity.label ? '?' : entity.label);
  }
  for (const entity of found) {
    const label = sure.get(bytes.toString('utf8', entity.start, entity.end));
    if (entity.label === '?' && label && (label === entity.type || entity.score < 0.4)) entity.label = label;
  }
}

// ---- Other names ---------------------------------------------------------------------------------------------------------------

const only = (list, ...kinds) => list.filter((name) => [...wholes.get(name).kinds].every((kind) => kinds.includes(kind)));
const companies = only(byKind.company.famous, 'company', 'organization'), makers = byKind.company.famous, shops = only(byKind.company.any, 'company');
const firsts = byKind['first-name'].words.filter((name) => /^\p{Lu}\p{Ll}{2,}$/u.test(name)), surnames = byKind.surname.words.filter((name) => /^\p{Lu}\p{Ll}{2,}$/u.test(name));
const countries = byKind.country.famous, cities = byKind['big-city'].famous;
const peoples = only(byKind.people.famous, 'people', 'language').filter((name) => /^\p{Lu}\p{Ll}{3,}$/u.test(name));
const members = peoples.filter((name) => /s$/.test(name)), adjectives = peoples.filter((name) => /(ian|ean|ish|ese|an|i)$/.test(name));
const isBody = /\b(Ministry|University|Party|Council|Committee|Department|Court|Congress|Parliament|Senate|House|Agency|Army|Force|Forces|Police|Union|Nations|Organization|Commission|Office|Institute|School|College|Church|Court|Front|Movement|Team|League|Association)\b/;

function person(name, words) {
  const parts = name.split(' ');
  return parts.map((part, i) => {
    if (!/^\p{Lu}\p{Ll}+$/u.test(part)) return part;
    if (!words.has(part)) words.set(part, chance.of(i + 1 < parts.length ? firsts : surnames));
    return words.get(part);
  }).join(' ');
}

function other(name, type, words) {
  const known = wholes.get(name);
  if (type === 'PERSON') return person(name, words);
  if (type === 'ORG' && !isBody.test(name) && !(known?.kinds.has('country') || known?.kinds.has('big-city'))) return chance.of(chance.of([companies, companies, makers, shops]));
  if (type === 'LOC' && known?.kinds.has('country')) return chance.of(countries);
  if (type === 'LOC' && known?.kinds.has('big-city')) return chance.of(cities);
  if (type === 'NORP' && known?.kinds.has('people') && /(s|ese|ian|ean|ish|an|i)$/.test(name)) return chance.of(/s$/.test(name) ? members : adjectives);
  return name;
}

function replaced(record, bytes) {
  const others = new Map(), words = new Map(), out = { id: `${record.id}-2`, text: '', entities: [] };
  let at = 0, changed = 0;
  for (const { start, end, type } of record.entities) {
    const name = bytes.toString('utf8', start, end), key = `${type} ${name}`;
    if (!others.has(key)) others.set(key, type !== '?' && chance.is(0.7) ? other(name, type, words) : name);
    out.text += bytes.toString('utf8', at, start);
    const from = Buffer.byteLength(out.text);
    out.text += others.get(key);
    out.entities.push({ start: from, end: Buffer.byteLength(out.text), type });
    changed += type === 'ORG' && others.get(key) !== name;
    at = end;
  }
  out.text += bytes.toString('utf8', at);
  return changed > 0 ? out : undefined;
}

// --------------------------------------------------------------------------------------------------------------------------------

const predictions = new Map(readLines(predictionsFile).map((record) => [record.id, record.entities]));
for (const { id, text } of readLines(textsFile)) {
  const bytes = Buffer.from(text), found = predictions.get(id);
  for (const entity of found) entity.label = believe(bytes, entity);
  spread(bytes, found);
  const record = { id, text, entities: found.map(({ start, end, label }) => ({ start, end, type: label })) }, copy = replaced(record, bytes);
  console.log(JSON.stringify(record));
  if (copy) console.log(JSON.stringify(copy));
}
