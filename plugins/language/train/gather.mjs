// gather.mjs: puts the texts that the model is learned from into one file, a line each: KIND<TAB>LANGUAGE<TAB>TEXT, where KIND is "text" (sentences), "words"
// (twenty words of a list) or "none" (names and code: what is no language). docs/models.md names the sources and their licences.
//
//   node gather.mjs DATA MODULES WORDS > FILE
//
// DATA is a folder with the sets as JSON Lines, MODULES a node_modules folder with the packages, WORDS one with a list of words for each language, LANGUAGE.words
// (`words` makes it). The same folders give the same file: nothing depends on the order in which a system lists a folder, the time or chance.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { join, resolve } from 'node:path'

const [data, modules, words] = process.argv.slice(2).map(folder => resolve(folder))
if (!words) {
    console.error('usage: gather.mjs DATA MODULES WORDS')
    process.exit(2)
}

const LANGUAGES = new Set(`af am ar as ast az be bg bn bo br bs ca ceb ckb cs cy da de dv el en eo es et eu fa fi fo fr fy ga gd gl gu ha he hi hr ht hu hy id ig
    is it ja jv ka kk km kn ko ku ky la lb lo lt lv mg mi mk ml mn mr ms mt my nb ne nl nn oc or pa pl ps pt qu ro ru rw sd si sk sl so sq sr su sv sw ta te tg th
    ti tk tl tr tt ug uk ur uz vi xh yi yo zh zu`.split(/\s+/))
const OTHER_NAMES = { no: 'nb', fil: 'tl', kmr: 'ku', 'be-tarask': 'be', 'be@tarask': 'be', zlm: 'ms', 'ku-latn': 'ku' }
// Written in other letters or spellings than the language is mostly.
const LEFT_OUT = new Set(['ja-hira', 'pa-pk', 'zh-yue', 'kk-latn', 'kk-arab', 'tt-latn', 'ug-latn', 'tg-latn', 'az-arab'])
const MOST_LETTERS = 500000 // of one source in one language

const languageOf = code => {
    const name = code.toLowerCase().replace('_', '-')
    if (LEFT_OUT.has(name)) return null
    const short = OTHER_NAMES[name] ?? OTHER_NAMES[name.split(/[-@]/)[0]] ?? name.split('-')[0]
    return LANGUAGES.has(short) ? short : null
}

const used = new Map() // letters by source and language
const seen = new Set()
const put = (kind, source, language, text) => {
    text = text.replace(/\s+/g, ' ').trim()
    const key = `${source} ${language}`, letters = used.get(key) ?? 0
    if (text.length < 4 || letters > MOST_LETTERS || seen.has(`${language} ${text}`)) return
    seen.add(`${language} ${text}`)
    used.set(key, letters + text.length)
    process.stdout.write(`${kind}\t${language}\t${text}\n`)
}

// ---- Sets ----------------------------------------------------------------------------------------------------------------

const read = name => {
    for (const file of [join(data, name), join(data, name + '.gz')]) {
        if (!existsSync(file)) continue
        const bytes = readFileSync(file)
        const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
        return text.split('\n').filter(Boolean).map(line => JSON.parse(line))
    }
    console.error(`gather.mjs: neither ${name} nor ${name}.gz is in ${data}`)
    process.exit(1)
}
const sentencesOf = record => {
    const bytes = Buffer.from(record.text)
    return (record.sentences ?? [[0, bytes.length]]).map(([start, end]) => bytes.subarray(start, end).toString())
}
const readSet = (file, language, may = () => true) => {
    for (const record of read(file))
        if (may(record)) for (const sentence of sentencesOf(record)) put('text', file, language, sentence)
}

for (const language of ['de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'pl', 'cs', 'ru', 'tr', 'zh', 'ja', 'ko', 'ar', 'hi'])
    readSet(`${language}.train.jsonl`, language)
for (const language of ['pt', 'sv', 'da', 'sr', 'hr', 'sk', 'zh']) readSet(`${language}.uner.train.jsonl`, language)
readSet('ewt.train.jsonl', 'en')
readSet('gum.train.jsonl', 'en', r => r.licence.includes('CC BY annotations') || r.licence.includes('CC BY ('))
for (const set of ['wnut17', 'btc', 'tweebank', 'goemotions', 'voa']) readSet(`${set}.train.jsonl`, 'en')
const THREE = { spa: 'es', fra: 'fr', por: 'pt', hau: 'ha', swh: 'sw', jav: 'jv', ell: 'el', cat: 'ca', fin: 'fi', mal: 'ml', som: 'so', lat: 'la', ron: 'ro',
    bos: 'bs', srp: 'sr', tha: 'th', urd: 'ur', vie: 'vi', tam: 'ta', mya: 'my', nld: 'nl', ind: 'id', tgl: 'tl', ltz: 'lb', kat: 'ka', gla: 'gd', gle: 'ga',
    yor: 'yo', ita: 'it', deu: 'de', hun: 'hu', mar: 'mr', rus: 'ru', bel: 'be', hye: 'hy', eus: 'eu', bul: 'bg', glg: 'gl', mlt: 'mt', pol: 'pl', tel: 'te',
    dan: 'da', ekk: 'et', kaz: 'kk', xho: 'xh', mkd: 'mk', hin: 'hi', pan: 'pa', swe: 'sv', jpn: 'ja', eng: 'en', lit: 'lt', khm: 'km', afr: 'af', ukr: 'uk',
    tur: 'tr', sin: 'si', lvs: 'lv', isl: 'is', slv: 'sl', nob: 'nb', kan: 'kn', zul: 'zu', ibo: 'ig', cym: 'cy', slk: 'sk', lao: 'lo', nno: 'nn', guj: 'gu',
    epo: 'eo', ben: 'bn', ces: 'cs', npi: 'ne', hrv: 'hr', pes: 'fa', arb: 'ar', heb: 'he', amh: 'am', cmn: 'zh', kor: 'ko', zlm: 'ms' }
for (const record of read('udhr.train.jsonl')) put('text', 'udhr', THREE[record.lang], record.text)

// ---- Packages: translated sentences of programs ---------------------------------------------------------------------------

const clean = text =>
    text.replace(/<[^>]*>/g, ' ').replace(/https?:\S+/g, ' ').replace(/\{\{.*?\}\}|\{[^{}]*\}|%\{?\w+\}?|\$\d|%\d|\[\[[^\]]*\]\]/g, ' ').replace(/&\w+;/g, ' ')
// Strings of one language, by key; what is the same in English was not translated, and a single word may be a name.
const putStrings = (source, code, strings, english) => {
    const language = languageOf(code)
    if (!language) return
    const known = new Set(Object.values(english))
    for (const key of Object.keys(strings).sort()) {
        const text = strings[key]
        if (typeof text !== 'string' || (language !== 'en' && known.has(text))) continue
        const cleaned = clean(text).trim()
        if (/\s|[^\u0000-\u0dff]/.test(cleaned)) put('text', source, language, cleaned)
    }
}
const flatten = (value, path, into) => {
    if (typeof value === 'string') into[path] = value
    else if (value && typeof value === 'object') for (const key of Object.keys(value)) if (key !== '@metadata') flatten(value[key], `${path}.${key}`, into)
    return into
}
const json = file => flatten(JSON.parse(readFileSync(file)), '', {})
const putFolder = (source, folder, english, parse = json, ending = '.json') => {
    const base = parse(join(folder, english))
    for (const file of readdirSync(folder).sort())
        if (file.endsWith(ending) && !file.endsWith(`.min${ending}`)) putStrings(source, file.slice(0, -ending.length), parse(join(folder, file)), base)
}

putFolder('oojs-ui', join(modules, 'oojs-ui/dist/i18n'), 'en.json')
putFolder('etherpad', join(modules, 'ep_etherpad-lite/locales'), 'en.json')
putFolder('blockly', join(modules, 'blockly/msg'), 'en.mjs', file => {
    const strings = {}
    for (const [, key, value] of readFileSync(file, 'utf8').matchAll(/^export var (\w+) = ("(?:[^"\\]|\\.)*");$/gm)) strings[key] = JSON.parse(value)
    return strings
}, '.mjs')
const tags = join(modules, '@openstreetmap/id-tagging-schema/dist/translations')
const tagsOf = file => {
    const strings = {}
    // terms are lists of words, and their names are mostly one word; both are worth having as a line of words
    for (const [key, value] of Object.entries(json(file))) strings[key] = value.replaceAll(',', ', ')
    return strings
}
putFolder('id-tagging-schema', tags, 'en.json', tagsOf)
const scratch = join(modules, 'scratch-l10n')
for (const folder of readdirSync(join(scratch, 'www')).sort()) putFolder('scratch', join(scratch, 'www', folder), 'en.json')
for (const file of readdirSync(join(scratch, 'locales')).sort()) {
    const all = (await import(join(scratch, 'locales', file))).default
    for (const code of Object.keys(all).sort()) putStrings('scratch', code, all[code], all.en)
}

// ---- Words --------------------------------------------------------------------------------------------------------------

// A generator with a fixed seed (Marsaglia 2003), to pick words evenly and lay them out in no order.
let state = 2463534242
const random = n => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % n
}
const shuffle = list => {
    for (let i = list.length - 1; i > 0; i--) {
        const k = random(i + 1)
        ;[list[i], list[k]] = [list[k], list[i]]
    }
    return list
}
const listOf = name => readFileSync(join(words, `${name}.words`), 'utf8').split('\n').filter(word => /^[\p{L}\p{M}'’-]{2,}$/u.test(word) && !/^\p{Lu}{2,}$/u.test(word))
const english = new Set(listOf('en').map(word => word.toLowerCase()))
for (const file of readdirSync(words).sort()) {
    const language = file.replace(/(-latn)?\.words/, '')
    if (!LANGUAGES.has(language)) continue
    // The lists were made from pages of the web, and English is on all of them.
    const list = listOf(file.replace('.words', '')).filter(word => language === 'en' || !english.has(word.toLowerCase()))
    shuffle(list)
    for (let i = 0; i + 20 <= list.length; i += 20) put('words', 'tesseract', language, list.slice(i, i + 20).join(' '))
}

// ---- What is no language ---------------------------------------------------------------------------------------------------

const names = []
for (const kind of ['people', 'places', 'companies', 'organisations', 'brands', 'ai', 'own'])
    for (const line of readFileSync(join(data, `${kind}.tsv`), 'utf8').split('\n')) {
        const [name, , source] = line.split('\t')
        if (name && !(source ?? '').includes('SA')) names.push(name)
    }
shuffle(names)
const joins = [', ', ' ', '; ', ' / ', ' - ', ' & ']
for (let i = 0, n; i < names.length; i += n) {
    n = 1 + random(8)
    put('none', 'names', 'und', names.slice(i, i + n).join(joins[random(joins.length)]))
}
for (const file of ['blockly/core/block.js', 'blockly/javascript_compressed.js', 'oojs-ui/dist/oojs-ui-core.js', 'oojs-ui/dist/oojs-ui-windows.js'])
    if (existsSync(join(modules, file)))
        for (const line of readFileSync(join(modules, file), 'utf8').split('\n'))
            if (!/^\s*(\*|\/\/|\/\*)/.test(line) && line.length < 300) put('none', 'code', 'und', line)
