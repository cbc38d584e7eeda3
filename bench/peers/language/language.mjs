// language.mjs: what npm's detectors say of each line of the standard input: node language.mjs franc|eld
import { readFileSync } from 'node:fs'

const name = process.argv[2]
const detect = name === 'franc' ? (franc => text => franc(text, { minLength: 1 }))((await import('franc')).franc)
    : (eld => text => eld.detect(text).language)((await import('eld/large')).eld)
const lines = readFileSync(0, 'utf8').split('\n').slice(0, -1)
console.log(lines.map(line => detect(line) || 'und').join('\n'))
