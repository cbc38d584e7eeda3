// What the scripts of this folder that make texts to learn from share: sets, lists of names, and chance that is the same on every machine.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export function readLines(file) {
  const bytes = readFileSync(file), text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

// Marsaglia's xorshift (2003).
export class Chance {
  constructor(seed) {
    this.state = seed;
  }
  number(n) {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % n;
  }
  of(list) {
    return list[this.number(list.length)];
  }
  is(share) {
    return this.number(10000) < share * 10000;
  }
}

// What gather-names.mjs has made: `wholes`, name to its kinds and marks; `byKind`, kind to names, of which `famous` and `plain` are told apart.
export function readNames(file) {
  const wholes = new Map(), byKind = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, kind, marks] = line.split('\t');
    if (!kind) continue;
    const lists = (byKind[kind] ??= { any: [], famous: [], plain: [], words: [] });
    if (marks === undefined) {
      lists.words.push(name);
      continue;
    }
    const isPlain = marks.includes('plain'), known = wholes.get(name) ?? { kinds: new Set(), isPlain, isFamous: false };
    known.kinds.add(kind);
    known.isFamous ||= marks.includes('famous');
    wholes.set(name, known);
    (isPlain ? lists.plain : marks.includes('famous') ? lists.famous : lists.any).push(name);
  }
  return { wholes, byKind };
}

// What stands before a person's name and is no part of it, at the start of a string. Kings, popes and saints are called by theirs.
export const title = /^(?:(?:Vice|Prime|First|Deputy|Major|Lieutenant|Staff|Associate|Assistant|Chief)[ -])?(?:Mr|Mrs|Ms|Miss|Mister|Dr|Doctor|Prof|Professor|President|Minister|Sen|Senator|Rep|Representative|Congressman|Congresswoman|Gov|Governor|Mayor|Gen|General|Col|Colonel|Capt|Captain|Lt|Lieutenant|Sgt|Sergeant|Major|Commander|Judge|Justice|Chancellor|Secretary|Ambassador|Coach|Rev|Reverend|Bishop|Archbishop|Cardinal|Rabbi|Imam)\b\.? +(?=\p{Lu})/u;
