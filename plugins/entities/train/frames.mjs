// Fills the sentences of frames.txt with names of the lists, and makes tables of results: what news has, and the sets that may be learned from have not. Each group of
// a few sentences is a text. The same on every machine. Usage:
//
//   node frames.mjs NAMES > frames.jsonl
//
// NAMES is what gather-names.mjs has made.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Chance, readNames } from './texts.mjs';

const TEXTS = 7000, TABLES = 260;
const { wholes, byKind } = readNames(process.argv[2]);
const chance = new Chance(20261129);

// ---- Names ---------------------------------------------------------------------------------------------------------------------

const only = (list, ...kinds) => list.filter((name) => [...wholes.get(name).kinds].every((kind) => kinds.includes(kind)));
const lists = (kind) => byKind[kind] ?? { any: [], famous: [], plain: [], words: [] };
const companies = only(lists('company').famous, 'company', 'organization').filter((name) => !/\bTrust\b|\bFund\b/.test(name));
const makers = lists('company').famous.filter((name) => wholes.get(name).kinds.has('product')); // brands: the maker is called as what it makes
const shops = lists('company').any.filter((name) => wholes.get(name).kinds.size === 1);
const plainCompanies = lists('company').plain.filter((name) => wholes.get(name).isFamous);
const ownPlain = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'known.tsv'), 'utf8').split('\n').map((line) => line.split('\t')).filter(([name, kind]) => kind === 'company' && wholes.get(name)?.isPlain).map(([name]) => name);
const institutions = lists('institution').famous.filter((name) => !/^(Mr|Mrs|Ms|Dr)\b/.test(name));
const clubs = [...lists('club').famous, ...lists('club').any];
const products = only(lists('product').famous, 'product').filter((name) => name.length < 30);
const works = lists('work').famous.concat(lists('work').plain).filter((name) => name.includes(' '));
const events = lists('event').famous.filter((name) => name.includes(' '));
const cities = lists('big-city').famous, countries = lists('country').famous, regions = lists('region').famous;
const peoples = only(lists('people').famous, 'people', 'language', 'person');
const isPlural = (name) => /(s|men)$/.test(name) && !/(ss|ese|us)$/.test(name);
const isPeople = (name) => /^\p{Lu}\p{Ll}{3,}([ -]\p{Lu}\p{Ll}+)*$/u.test(name);
const languages = lists('language').famous.filter((name) => /^\p{Lu}\p{Ll}+$/u.test(name));
const firsts = lists('first-name').words.filter((name) => /^\p{Lu}\p{Ll}{2,}$/u.test(name));
const surnames = lists('surname').words.filter((name) => /^\p{Lu}\p{Ll}{2,}(-\p{Lu}\p{Ll}+)?$/u.test(name));
const adjectives = peoples.filter((name) => isPeople(name) && !isPlural(name) && /(ian|ean|ish|ese|an|i|ic|ch|ck)$/.test(name));
const members = peoples.filter((name) => isPeople(name) && isPlural(name));
// Those that a newspaper has every day, more often than their share.
const known = {
  adjectives: 'American British French German Italian Spanish Russian Chinese Japanese Korean Indian Pakistani Iraqi Iranian Israeli Palestinian Egyptian Turkish Greek Dutch Swedish Polish Ukrainian Mexican Brazilian Canadian Australian African European Asian Arab Afghan Syrian Kurdish Saudi Kenyan Nigerian Cuban Swiss Thai Vietnamese Serb Croat Western Latin-American'.split(' '),
  members: 'Americans Germans Italians Russians Indians Pakistanis Iraqis Iranians Israelis Palestinians Egyptians Turks Greeks Swedes Poles Ukrainians Mexicans Brazilians Canadians Australians Africans Europeans Asians Arabs Afghans Syrians Kurds Saudis Kenyans Nigerians Cubans Serbs Croats Tamils Sikhs Tibetans Uyghurs Uighurs Rohingya Maoris Scots Basques Catalans Roma Inuit Hutus Tutsis'.split(' '),
  creed: 'Christian Catholic Protestant Muslim Moslem Jewish Hindu Buddhist Sikh Orthodox Sunni Shiite Shia Islamic Lutheran Methodist Baptist Anglican Evangelical Mormon Quaker'.split(' '),
  creeds: 'Christians Catholics Protestants Muslims Moslems Jews Hindus Buddhists Sikhs Sunnis Shiites Shias Lutherans Methodists Baptists Anglicans Mormons Quakers Jains Evangelicals Republicans Democrats Conservatives Socialists'.split(' '),
};
const countriesKnown = countries.filter((name) => /^\p{L}+( \p{Lu}\p{Ll}+)?$/u.test(name));

// What no list has: firms and bodies that are made up, so that what stands around a name, and how it is made, tells it, too.
const topics = 'Health Education Trade Energy Water Finance Justice Science Culture Tourism Transport Labour Defence Fisheries Mines Forests Women Youth Sports Housing Land Roads Aviation Research Statistics Engineers Farmers Teachers Nurses Journalists Lawyers Writers Workers Students Consumers Investment Development Broadcasting Maritime Railway Police Intelligence Environmental Agricultural Electoral Medical Industrial Social Digital Nuclear Space Food Drug Climate Heritage Refugee'.split(' ');
const bodyWords = 'Council Authority Commission Agency Foundation Institute Association Federation Union Board Committee Department Office Society Fund Forum Network Bureau Centre Center Corporation Alliance Academy League Trust Service Directorate Secretariat Tribunal Observatory Movement Party'.split(' ');
const body = () => {
  const topic = chance.of(topics), other = chance.of(topics), word = chance.of(bodyWords), where = chance.of([() => chance.of(countriesKnown), () => chance.of(known.adjectives), () => chance.of(cities), () => 'National', () => 'International'])();
  return chance.of([`${where} ${topic} ${word}`, `${where} ${topic} ${word}`, `${topic} ${word}`, `${where} ${word} of ${topic}`, `${word} of ${topic}`, `${word} for ${topic} and ${other}`, `Ministry of ${topic}`, `Ministry of ${topic} and ${other}`, `Department of ${topic}`, `${topic} Ministry`, `${where} ${word}`]);
};
const letters = (n) => Array.from({ length: n }, () => 'ABCDEFGHIKLMNOPRSTUVW'[chance.number(21)]).join('');
let lastBody = '', lastPerson = '';
const acronym = () => {
  const of = lastBody.split(/[ -]/).map((word) => word[0]).filter((letter) => /\p{Lu}/u.test(letter ?? '')).join('');
  return of.length > 1 ? of : letters(3 + chance.number(3));
};
const syllables = 'ka lo mi ra ve no ter sol zan pri mer ax vi del cor tra fin gen tor ba ne lux am or bri sta pel qui vo na dex ron li fa su mo re ti pha nex gro'.split(' ');
const made = () => {
  const word = Array.from({ length: 2 + chance.number(2) }, () => chance.of(syllables)).join(''), name = word[0].toUpperCase() + word.slice(1);
  return chance.is(0.5) ? name : `${name} ${chance.of(['Group', 'Holdings', 'Energy', 'Bank', 'Pharma', 'Foods', 'Systems', 'Media', 'Airlines', 'Motors', 'Labs', 'Foundation', 'Capital', 'Insurance', 'Logistics', 'Technologies', chance.of(countriesKnown), chance.of(surnames)])}`;
};
const eastern = 'Ming Wei Jae Ing Hung Chi Yang Seok Min Hyun Soo Mei Ling Xiao Jun Hao Yu Ting Kai Tae Ji Eun Sung Won Ho Chun Li Wen Ying'.split(' ');

const person = () => {
  const form = chance.number(20), first = chance.of(firsts), sur = chance.of(surnames);
  if (form === 4) return `${chance.of(['Kim', 'Lee', 'Park', 'Tsai', 'Chen', 'Wang', 'Lin', 'Hung', 'Moon', 'Choi', 'Liu', 'Huang', 'Ma', 'Byeon'])} ${chance.of(eastern)}-${chance.of(eastern).toLowerCase()}`;
  if (form === 0) return `${first[0]}. ${sur}`;
  if (form === 1) return `${first} ${chance.of(firsts)[0]}. ${sur}`;
  if (form === 2) return `${first} ${chance.of(firsts)} ${sur}`;
  if (form === 3) return `${first} ${chance.of(['de', 'van', 'von', 'al-', 'bin', 'van der', 'da', 'el-'])} ${sur}`.replace('- ', '-');
  return `${first} ${sur}`;
};
const team = () => {
  const name = chance.of(clubs);
  return chance.is(0.3) ? name.replace(/ (FC|AFC|United|City|Town|Athletic|SC|CF)$/, '') : name;
};
const fills = {
  co: ['ORG', () => chance.of(chance.of([companies, companies, companies, companies, makers, makers, plainCompanies, ownPlain, ownPlain, shops, shops]))],
  made: ['ORG', made],
  body: ['ORG', () => (lastBody = body())],
  acr: ['ORG', acronym],
  team: ['ORG', () => (chance.is(0.5) ? team() : chance.of(cities))],
  inst: ['ORG', () => chance.of(institutions)],
  club: ['ORG', team],
  per: ['PERSON', () => (lastPerson = person())],
  last: ['PERSON', () => lastPerson.split(' ').at(/-/.test(lastPerson.split(' ').at(-1)) && lastPerson.split(' ').length === 2 && eastern.some((name) => lastPerson.includes(` ${name}-`)) ? 0 : -1)],
  sur: ['PERSON', () => chance.of(surnames)],
  first: ['PERSON', () => chance.of(firsts)],
  city: ['LOC', () => chance.of(cities)],
  CITY: ['LOC', () => chance.of(cities).toUpperCase()],
  country: ['LOC', () => chance.of(countriesKnown)],
  region: ['LOC', () => chance.of(regions)],
  adj: ['NORP', () => chance.of(chance.is(0.5) ? known.adjectives : adjectives)],
  peoples: ['NORP', () => chance.of(chance.is(0.5) ? known.members : members)],
  creed: ['NORP', () => chance.of(known.creed)],
  creeds: ['NORP', () => chance.of(known.creeds)],
  prod: ['PRODUCT', () => chance.of(products)],
  work: ['WORK', () => chance.of(works)],
  event: ['EVENT', () => chance.of(events)],
  lang: ['LANGUAGE', () => chance.of(languages)],
};
const words = {
  day: 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' '),
  month: 'January February March April May June July August September October November December'.split(' '),
  sector: 'software energy steel pharmaceutical insurance retail chemicals car telecoms media biotech shipping food mining'.split(' '),
  role: 'minister spokeswoman lawyer general ambassador journalist striker singer historian mayor'.split(' '),
  thing: 'phone battery pump engine chip drug robot sofa truck camera watch app'.split(' '),
};
words.Thing = words.thing.map((word) => word[0].toUpperCase() + word.slice(1));
words.role.push('prime minister', 'chief of staff');
const plain = {
  n: () => String(2 + chance.number(38)),
  big: () => `${1 + chance.number(30)},${100 + 50 * chance.number(17)}`,
  year: () => String(1960 + chance.number(68)),
};

// ---- Texts ---------------------------------------------------------------------------------------------------------------------

class Text {
  constructor() {
    this.text = '';
    this.entities = [];
  }
  add(piece) {
    this.text += piece;
  }
  name(name, type) {
    const start = Buffer.byteLength(this.text);
    this.text += name;
    this.entities.push({ start, end: Buffer.byteLength(this.text), type });
  }
  write(id) {
    console.log(JSON.stringify({ id, text: this.text, entities: this.entities }));
  }
}

function fill(text, frame) {
  const used = new Set();
  lastBody = '';
  for (const piece of frame.split(/(\{\w+\}|\[[A-Z]+ [^\]]+\])/)) {
    const place = /^\{(\w+)\}$/.exec(piece)?.[1], named = /^\[([A-Z]+) (.+)\]$/.exec(piece);
    if (named) {
      text.name(named[2], named[1]);
    } else if (!place) {
      text.add(piece.startsWith("'s") && /s$/.test(text.text) && chance.is(0.5) ? `'${piece.slice(2)}` : piece);
    } else if (fills[place]) {
      const [type, choose] = fills[place];
      let name = choose();
      for (let tries = 0; used.has(name) && place !== 'last' && tries < 5; tries++) name = choose();
      used.add(name);
      if (/\b[Aa]n? $/.test(text.text)) text.text = text.text.replace(/\b([Aa])n? $/, /^[AEIOU]/.test(name) ? '$1n ' : '$1 ');
      text.name(name, type);
    } else {
      text.add(plain[place] ? plain[place]() : chance.of(words[place]));
    }
  }
}

const groups = [];
for (const line of readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'frames.txt'), 'utf8').split('\n')) {
  const head = /^== \w+ (\d+)$/.exec(line);
  if (head) groups.push({ weight: Number(head[1]), frames: [] });
  else if (line && !line.startsWith('#')) groups.at(-1).frames.push(line);
}
const wheel = groups.flatMap((group) => Array(group.weight).fill(group.frames));

for (let i = 0; i < TEXTS; i++) {
  const text = new Text(), sentences = 1 + chance.number(3), frames = chance.of(wheel);
  for (let k = 0; k < sentences; k++) {
    const frame = chance.of(chance.is(0.6) ? frames : chance.of(wheel));
    if (k > 0) text.add(/[.!?]"?$/.test(text.text) && chance.is(0.7) ? ' ' : '\n');
    fill(text, frame);
  }
  text.write(`frames-${i}`);
}

// Results, tables and calendars of sports, in which places are teams; and of markets and people, in which they aren't.
const leagues = ['Baseball', 'Basketball', 'Ice hockey', 'Football', 'Soccer', 'Rugby', 'Hockey', 'Cricket', 'Handball', 'American football'];
const score = () => chance.number(6) + (chance.is(0.3) ? 10 + chance.number(90) : 0);
const teams = () => {
  const by = chance.number(3), caps = chance.is(0.3);
  return () => {
    const name = by === 0 ? chance.of(cities) : by === 1 ? team() : chance.is(0.5) ? chance.of(cities) : team();
    return caps ? name.toUpperCase() : name;
  };
};
const rows = [
  (text, name) => (text.name(name(), 'ORG'), text.add(` ${score()} `), text.name(name(), 'ORG'), text.add(` ${score()}`)),
  (text, name) => (text.name(name(), 'ORG'), text.add(` ${score()}-${score()} `), text.name(name(), 'ORG')),
  (text, name) => (text.name(name(), 'ORG'), text.add(' vs '), text.name(name(), 'ORG')),
  (text, name) => (text.name(name(), 'ORG'), text.add(chance.is(0.5) ? ' AT ' : ' at '), text.name(name(), 'ORG')),
  (text, name) => (text.name(name(), 'ORG'), text.add(` ${score()} ${score()} ${score()} ${score()} ${score()} ${score()}`)),
  (text, name) => (text.name(name(), 'ORG'), text.add(` ${score()} ${score()} .${100 + chance.number(600)} ${chance.is(0.3) ? '-' : score()}`)),
  (text, name) => (text.name(name(), 'ORG'), text.add(` ${score()}`)),
  (text, name) => (text.add(`${1 + chance.number(20)}. `), text.name(name(), 'ORG'), text.add(` ${score()} ${score()}`)),
];
for (let i = 0; i < TABLES; i++) {
  const text = new Text(), row = chance.of(rows), name = teams(), league = chance.of(leagues), n = 3 + chance.number(9);
  const title = `${chance.is(0.5) ? league : league.toUpperCase()} ${chance.of(['results', 'standings', 'scores', 'RESULTS', 'STANDINGS', 'table', 'schedule'])}`;
  if (chance.is(0.8)) text.add(`${title}${chance.is(0.5) ? ` (${chance.of(['won, lost, percentage', 'played, won, drawn, lost, points', 'home team first'])})` : ''}\n`);
  for (let k = 0; k < n; k++) {
    row(text, name);
    text.add('\n');
  }
  text.write(`tables-${i}`);
}
for (let i = 0; i < TABLES / 2; i++) {
  const text = new Text(), kind = chance.number(4), n = 3 + chance.number(8);
  text.add(chance.of([['Prices by city', 'Weather today', 'Temperatures', 'Offices'], ['Population by country', 'Exports, in millions', 'Visitors'], ['Final ranking', 'Leading scores', 'Guests'], ['Closing prices', 'Shares', 'Most traded']][kind]) + '\n');
  for (let k = 0; k < n; k++) {
    if (kind === 0) text.name(chance.of(cities), 'LOC');
    else if (kind === 1) text.name(chance.of(countriesKnown), 'LOC');
    else if (kind === 2) (text.name(person(), 'PERSON'), text.add(' ('), text.name(chance.of(countriesKnown), 'LOC'), text.add(')'));
    else text.name(chance.of(companies), 'ORG');
    text.add(` ${score()}${chance.is(0.5) ? `.${chance.number(10)}` : ''}\n`);
  }
  text.write(`lists-${i}`);
}
// Signatures and headings, a line each.
for (let i = 0; i < TABLES; i++) {
  const text = new Text(), job = chance.of(['Head of Sales', 'Managing Director', 'Chief Technology Officer', 'Press Office', 'Software Engineer', 'Director, Human Resources', 'Customer Support', 'Editor', 'Research Assistant']);
  if (chance.is(0.6)) text.add(chance.of(['Kind regards,\n', 'Best,\n', 'Thanks\n\n', 'Cheers\n', 'Yours sincerely,\n\n', 'Many thanks,\n']));
  text.name(person(), 'PERSON');
  text.add('\n');
  if (chance.is(0.6)) text.add(`${job}\n`);
  if (chance.is(0.2)) text.name(`${chance.of(surnames)} ${chance.of(['& Sons', '& Co', 'GmbH', 'Ltd', 'Inc', 'LLC', 'Consulting', 'Partners', 'and Daughters'])}`, 'ORG');
  else text.name(chance.of(chance.is(0.7) ? companies : institutions), 'ORG');
  text.add('\n');
  if (chance.is(0.5)) (text.name(chance.of(cities), 'LOC'), text.add(chance.is(0.5) ? `\n+${10 + chance.number(80)} ${20 + chance.number(70)} 555 0${100 + chance.number(99)}\n` : '\n'));
  text.write(`signatures-${i}`);
}
