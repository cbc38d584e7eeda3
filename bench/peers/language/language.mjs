// language.mjs: what npm's detectors say of each line of the standard input: node language.mjs franc|eld; with a number behind it, how fast they are with the
// whole of it, so many times: MB a second of the processor
import { readFileSync } from 'node:fs'

const [name, times] = process.argv.slice(2)
const detect = name === 'franc' ? (franc => text => franc(text, { minLength: 1 }))((await import('franc')).franc)
    : (eld => text => eld.detect(text).language)((await import('eld/large')).eld)
const text = readFileSync(0, 'utf8'), lines = text.split('\n').slice(0, -1)
if (times) {
    for (const line of lines) detect(line)
    const start = process.cpuUsage()
    for (let i = 0; i < Number(times); i++) for (const line of lines) detect(line)
    const spent = process.cpuUsage(start)
    console.log(Buffer.byteLength(text) * Number(times) / (spent.user + spent.system))
} else
    console.log(lines.map(line => detect(line) || 'und').join('\n'))
