"""Each plugin beside its peers: how fast, and, where marked texts come along or BENCH_DATA has them, how well."""

import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import keyphrases.compare as phrases
import redact.compare as redactors
from parts import names, valued
from textd import BUILD, ROOT, STORY, Failed, Needs, Textd, data, own_pages, run

MODELS = BUILD / "share/textd/models"
PEERS = ROOT / "bench/peers"
ROUNDS = 5


def model(name):
    return MODELS / name / f"{name}.model"


def has_npm(part, peer, folder, package):
    """Whether a package of npm is there; if not, the part says how it comes."""
    if not shutil.which("node"):
        part.lack(peer, "apt-get install nodejs npm")
        return False
    if not (folder / "node_modules" / package).exists():
        part.lack(peer, f"npm ci --prefix {folder.relative_to(ROOT)}")
        return False
    return True


def of(base, rates):
    """How many times as fast."""
    return [statistics.median(base) / rate for rate in rates]


# ---- Segmenter, language -----------------------------------------------------------------------------------------------


def segmenter(part, *files):
    files = files or own_pages()
    figures = json.loads(run(BUILD / "bench/segment", model("segmenter"), 31, *files))
    table = part.table(f"{len(files)} files of {figures['bytes']:,} bytes, one core, 31 runs in turn", ["by"], {"*MB/s": 1, "textd is": 2, "tokens": 0, "sentences": 0})
    for key, name in (("textd", "textd, UTF-8 to byte offsets"), ("icu_utext", "ICU, the same through a UText"),
                      ("icu_converted", "ICU, the same over a copy in UTF-16"), ("icu_utf16", "ICU, UTF-16 to UTF-16 offsets, blanks too")):
        row = figures[key]
        ratio = None if key == "textd" else [a / b for a, b in zip(figures["textd"]["mb_s"], row["mb_s"])]
        table.add((name,), {"MB/s": row["mb_s"], "textd is": ratio, "tokens": row["tokens"], "sentences": row["sentences"]})
    table.show()


def languages(part):
    file = data("de.dev")
    if not file:
        raise Needs("BENCH_DATA with CODE.dev.jsonl of sixteen languages")
    codes = sorted(each.stem.split("-")[1] for each in (ROOT / "plugins/segmenter").glob("segmenter-*.model"))
    lines = run(BUILD / "bench/languages", ROOT / "plugins/segmenter", file.parent, *codes).splitlines()[2:]  # a table of Markdown
    scores = ("sentences, textd", "sentences, ICU", "sentences, ICU with abbreviations", "tokens, textd", "tokens, ICU")
    table = part.table("F1 of exact spans", ["language"], {name: 2 for name in scores})
    for line in lines:
        code, *row = (cell.strip() for cell in line.strip("|").split("|"))
        table.add((code,), dict(zip(scores, map(float, row))))
    table.show()


LANGUAGES = "de fr es it pt nl sv pl cs ru tr zh ja ko ar hi".split()
# What others write, to what is meant: ISO 639-3, withdrawn codes, macrolanguages, and Norwegian as a whole.
SAME = dict(pair.split("=") for pair in """iw=he jw=jv no=nb fil=tl eng=en deu=de fra=fr spa=es ita=it por=pt nld=nl swe=sv pol=pl ces=cs rus=ru tur=tr cmn=zh zho=zh jpn=ja kor=ko
    arb=ar ara=ar hin=hi zh-Hant=zh sr-Latn=sr nob=nb nno=nn dan=da fin=fi ell=el heb=he hun=hu ron=ro bul=bg ukr=uk srp=sr hrv=hr bos=bs slk=sk slv=sl vie=vi tha=th
    zlm=ms ind=id tgl=tl pes=fa prs=fa urd=ur ben=bn tam=ta tel=te kan=kn mal=ml guj=gu pan=pa mar=mr npi=ne nep=ne sin=si mya=my khm=km lao=lo amh=am tir=ti hye=hy kat=ka kaz=kk azj=az
    uzn=uz swh=sw hau=ha yor=yo ibo=ig zul=zu xho=xh som=so afr=af cat=ca glg=gl eus=eu epo=eo lat=la gle=ga gla=gd cym=cy isl=is lit=lt lvs=lv lav=lv ekk=et est=et mkd=mk bel=be
    mlt=mt ltz=lb jav=jv sun=su ceb=ceb als=sq sqi=sq""".split())


def read_lines(file):
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        return [json.loads(line) for line in lines]


def cut(text, code, letters):
    """The beginning of a text, of so many letters; None when it is shorter."""
    if code in ("zh", "ja", "ko"):
        return text[:letters] if sum(c.isalpha() for c in text) >= letters else None
    n = 0
    for place, character in enumerate(text + " "):
        n += character.isalpha()
        if character == " " and n >= letters:
            return text[:place]
    return None


def ask(command, lines):
    out = run(*command, input="\n".join(lines) + "\n").split("\n")[:-1]
    if len(out) != len(lines):
        raise Failed(f"{command[0]} answers {len(lines)} lines with {len(out)}")
    return [SAME.get(code, code) if "\t" not in code else code for code in out]


def detectors(part, folder):
    """({name: what it says of lines}, {name: (how many times, the command that prints MB/s of the standard input, without that number)})"""
    tool = BUILD / "libexec/textd/language-train"
    shipped = ROOT / "plugins/language/language.model"
    found = {"textd": lambda lines: [line.split("\t")[0] for line in ask([tool, "judge", shipped], lines)]}
    speeds = {"textd": (20, [tool, "speed", shipped])}
    for name, compiler, file, library, package in (("CLD2", "c++", "cld2.cc", "-lcld2", "libcld2-dev"),
                                                   ("libexttextcat", "cc", "textcat.c", "-lexttextcat-2.0", "libexttextcat-dev libexttextcat-data")):
        program = folder / name
        if subprocess.run([compiler, "-O2", PEERS / "language" / file, "-o", program, library], capture_output=True).returncode != 0:
            part.lack(name, f"apt-get install {package}")
            continue
        found[name] = lambda lines, program=program: ask([program], lines)
        if name == "CLD2":
            speeds[name] = (2000, [program])
    for name in ("franc", "eld"):
        if has_npm(part, f"npm's {name}", PEERS / "language", name):
            found[name] = lambda lines, name=name: ask(["node", PEERS / "language/language.mjs", name], lines)
            speeds[name] = (50, ["node", PEERS / "language/language.mjs", name])
    return found, speeds


def language(part, udhr=None):
    """UDHR is a file of {"text", "bcp47"}: how many of them are put down to their language."""
    texts = {code: data(f"{code}.dev") for code in LANGUAGES} | {"en": data("ewt.dev")}
    has_texts = all(texts.values())
    with tempfile.TemporaryDirectory(prefix="td") as name:
        found, speeds = detectors(part, Path(name))
        story, pages = " ".join(STORY.read_text().split()) + "\n", "\n".join(Path(page).read_text() for page in own_pages())
        inside = [float(us) for us in run(BUILD / "bench/tools/inside", 500, ROUNDS, "run", BUILD / "lib/textd/plugins/language.so", STORY).split()]
        rates = {"textd": [len(story.encode()) / us for us in inside]}
        rates |= {each: [float(run(*command, times, input=story)) for _ in range(ROUNDS)] for each, (times, command) in speeds.items() if each != "textd"}
        table = part.table(f"a story of {len(story.encode()):,} bytes, one core; {ROUNDS} rounds", ["by"], {"*MB/s": 2, "textd is": 1}, "textd: as a plugin, its layer and result included")
        for each, row in rates.items():
            table.add((each,), {"MB/s": row, "textd is": None if each == "textd" else of(rates["textd"], row)})
        table.show()
        table = part.table(f"{len(pages.encode()):,} bytes of the project's own pages as one text; {ROUNDS} rounds", ["by"], {"*MB/s": 1}, "textd reads a tenth of a long text")
        for each in ("textd", "CLD2"):
            if each in speeds:
                table.add((each,), {"MB/s": [float(run(*speeds[each][1], 20, input=pages)) for _ in range(ROUNDS)]})
        table.show()
        if not has_texts:
            part.say("how well: needs BENCH_DATA with CODE.dev.jsonl of sixteen languages and ewt.dev.jsonl")
        else:
            language_scores(part, found, texts)
        if udhr:
            language_udhr(part, found, Path(udhr))


def language_scores(part, found, texts):
    def sentences(file):
        for record in read_lines(file):
            text = record["text"].encode()
            for start, end in record["sentences"]:
                yield " ".join(text[start:end].decode().split())

    lists = {code: list(sentences(file)) for code, file in texts.items()}
    table = part.table("texts that are put down to their language, the mean of seventeen languages, per cent", ["letters", "texts"], {name: 1 for name in found},
                       "cut at words' borders; Chinese, Japanese and Korean after as many characters; 200 letters are several sentences that follow one another")
    for letters in 10, 20, 50, 200:
        lines, meant = [], []
        for code, all_ in lists.items():
            if letters == 200:
                all_ = [" ".join(all_[i:i + 4]) for i in range(0, len(all_), 4)]
            pieces = [piece for piece in (cut(text, code, letters) for text in all_) if piece]
            lines += pieces
            meant += [code] * len(pieces)
        row = {}
        for name, detect in found.items():
            right, n = defaultdict(int), Counter(meant)
            for said, code in zip(detect(lines), meant):
                right[code] += said == code
            row[name] = 100 * statistics.fmean(right[code] / n[code] for code in n)
        table.add((letters, len(lines)), row)
    table.show()


def language_udhr(part, found, file):
    records = read_lines(file)
    said = {name: detect([" ".join(record["text"].split()) for record in records]) for name, detect in found.items()}
    by = defaultdict(list)
    for i, record in enumerate(records):
        code = record["bcp47"].split("-")[0]
        by[SAME.get(code, code)].append(i)
    table = part.table(f"{len(records)} texts of {file.name}, per cent put down to their language", ["language", "texts"], {name: 1 for name in found})
    for code, places in sorted(by.items()):
        table.add((code, len(places)), {name: 100 * statistics.fmean(codes[i] == code for i in places) for name, codes in said.items()})
    table.show()


# ---- Names, expressions, dictionaries ----------------------------------------------------------------------------------


def entities(part):
    inside = [BUILD / "bench/tools/inside"]
    pages = own_pages()
    with tempfile.TemporaryDirectory(prefix="td") as folder:
        whole = Path(folder) / "pages.txt"
        whole.write_text("\n\n".join(Path(page).read_text() for page in pages))
        size = whole.stat().st_size
        rates = {"textd, with language and segmenter": [size / float(line) for line in run(*inside, 2, ROUNDS, "run", BUILD / "lib/textd/plugins/entities.so", whole).split()]}
        if has_npm(part, "npm's compromise", PEERS / "values", "compromise"):
            rates["compromise"] = json.loads(run("node", PEERS / "values/names.mjs", ROUNDS, *pages))
    table = part.table(f"{size:,} bytes of the project's own pages, one core; {ROUNDS} rounds", ["by"], {"*MB/s": 2, "textd is": 1},
                       "people, organizations and places; textd finds dates, amounts and the like, too. compromise: page by page")
    for name, row in rates.items():
        table.add((name,), {"MB/s": row, "textd is": None if name.startswith("textd") else of(rates["textd, with language and segmenter"], row)})
    table.show()
    if not data("crossner.train"):
        part.say("beside CRFsuite and OpenNLP, which have to learn first: needs BENCH_DATA with crossner.train.jsonl, crossner.dev.jsonl and worldwide.dev.jsonl")
        return
    modules = os.environ.get("BENCH_MODULES")
    if not modules:
        part.lack("npm's crfsuite", "npm install --prefix FOLDER crfsuite@1.0.1, and BENCH_MODULES=FOLDER/node_modules")
    if not shutil.which("opennlp"):
        part.lack("OpenNLP", "apt-get install opennlp")
    names.compare(part, modules)


def expressions(part, *files):
    files = files or own_pages()
    row = json.loads(run(BUILD / "bench/expressions", model("segmenter"), 31, *files))
    table = part.table(f"{len(files)} files of {row['bytes']:,} bytes, {row['tokens']:,} tokens, one core, 31 runs", ["by"], {"*MB/s": 1, "million tokens/s": 2, "found": 0})
    table.add(("textd",), {"MB/s": row["mb_s"], "million tokens/s": [rate * row["tokens"] / row["bytes"] for rate in row["mb_s"]], "found": row["found"]})
    table.show()


def dictionary(part, *files):
    files = files or own_pages()
    row = json.loads(run(BUILD / "bench/dictionary", 1_100_000, 7, *files))
    table = part.table(f"{row['names']:,} names in a list of {row['list_bytes']:,} bytes, one core, 7 runs", ["by"], {"*load ms": 0, "bytes a name": 1, "*MB/s": 1, "found": 0},
                       f"{row['text_bytes']:,} bytes looked through; bytes beside the list")
    table.add(("textd",), {"load ms": [1000 / rate for rate in row["loads_s"]], "bytes a name": row["bytes_a_name"], "MB/s": row["mb_s"], "found": row["found"]})
    table.show()


def values(part, show=""):
    valued.values(part, show)


def redact(part, show=""):
    redactors.redact(part, show)


# ---- Sentiment, summaries ----------------------------------------------------------------------------------------------


def sentiment(part, file=None):
    """Texts of a line each; without a file, the sentences of the project's own pages."""
    peers = PEERS / "sentiment"
    with tempfile.TemporaryDirectory(prefix="td") as folder:
        if file is None:
            file = Path(folder) / "texts"
            file.write_text("\n".join(line for page in own_pages() for line in Path(page).read_text().splitlines() if line))
        ours, theirs = [], []
        has_peers = has_npm(part, "npm's sentiment and vader-sentiment", peers, "sentiment")
        for _ in range(ROUNDS):
            ours.append(json.loads(run(BUILD / "bench/sentiment", model("segmenter"), model("sentiment"), 5, file)))
            if has_peers:
                theirs.append(json.loads(run("node", peers / "measure.js", 2, file)))
    rows = {"textd, segmenting included": [statistics.median(each["mb_s"]) for each in ours], "textd, sentiment alone": [statistics.median(each["alone_mb_s"]) for each in ours]}
    rows |= {f"npm {name}": [statistics.median(each[name]) for each in theirs] for name in (theirs[0] if theirs else ())}
    table = part.table(f"{ours[0]['bytes']:,} bytes, a text a line, one core; {ROUNDS} runs in turn", ["by"], {"*MB/s": 2, "textd is": 1}, "textd is: with segmenting included")
    for name, rates in rows.items():
        ratio = None if name.startswith("textd") else [a / b for a, b in zip(rows["textd, segmenting included"], rates)]
        table.add((name,), {"MB/s": rates, "textd is": ratio})
    table.show()


LABELS = ("negative", "neutral", "positive")


def aspects(part, file=None):
    """FILE: news as JSON Lines, "text" and "label" of the people that it names."""
    file = Path(file) if file else data("newsmtsc.dev")
    if not file:
        raise Needs("a FILE, or BENCH_DATA with newsmtsc.dev.jsonl")
    config = {"plugins": [{"name": name} for name in ("segmenter", "entities", "sentiment")], "workers": {"count": 1}}
    right, whole, clause = [], [], []
    with Textd(config) as textd:
        for record in read_lines(file):
            results = textd.ask({"id": 1, "text": record["text"], "options": {"sentiment": {"domain": "news"}}})["results"]
            people = {(e["start"], e["end"]) for e in results["entities"]["entities"] if e["type"] == "PERSON"}
            for entity in results["sentiment"]["entities"]:
                if (entity["start"], entity["end"]) in people:
                    right.append(record["label"])
                    whole.append(results["sentiment"]["label"])
                    clause.append(entity["label"])
    common = max(LABELS, key=right.count)
    table = part.table(f"{len(right):,} people named in {file.name}", ["label"], {"accuracy": 3, "macro-F1": 3})
    for name, said in ((f"always {common}", [common] * len(right)), ("the whole text's", whole), ("what is said of each", clause)):
        f1 = [2 * sum(r == s == label for r, s in zip(right, said)) / max(1, right.count(label) + said.count(label)) for label in LABELS]
        table.add((name,), {"accuracy": sum(r == s for r, s in zip(right, said)) / len(right), "macro-F1": statistics.fmean(f1)})
    table.show()


SUMMARIZERS = {"node-summarizer": "node-summarizer, frequency", "node-summarizer-rank": "node-summarizer, rank", "ts-textrank": "ts-textrank", "lexrank": "LexRank"}


def rouge(references, summary, n):
    """F1 of n-grams against the best of the references; words are runs of letters and digits."""
    def grams(text):
        words = re.findall(r"[^\W_]+", text.lower())
        return Counter(zip(*(words[i:] for i in range(n))))
    ours, best = grams(summary), 0.0
    for reference in map(grams, references):
        total = sum(ours.values()) + sum(reference.values())
        best = max(best, 2 * sum((ours & reference).values()) / total if total else 0)
    return best * 100


def peer_summaries(name, records, sentences):
    """{id: summary}, [megabytes a second of each round]"""
    done = subprocess.run(["node", PEERS / "summarizer/summarize.mjs", name, str(sentences), "3"], capture_output=True, text=True,
                          input="".join(json.dumps({"id": r["id"], "text": r["text"]}) + "\n" for r in records))
    if done.returncode != 0:
        raise Failed(f"{name}: {done.stderr[-300:]}")
    told = json.loads(done.stderr.strip().splitlines()[-1])
    return {r["id"]: r["summary"] for r in map(json.loads, done.stdout.splitlines())}, [told["bytes"] / 1e6 / seconds for seconds in told["seconds"]]


def our_summaries(records, sentences):
    with Textd({"workers": {"count": 1}}) as textd:
        return {r["id"]: textd.ask({"id": 1, "plugins": ["summarizer"], "options": {"summarizer": {"sentences": sentences}}},
                                   r["text"].encode())["results"]["summarizer"]["summary"] for r in records}


def our_speed(texts, sentences):
    with tempfile.TemporaryDirectory(prefix="td") as folder:
        files = [Path(folder) / str(i) for i in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_text(text)
        return json.loads(run(BUILD / "bench/summarize", model("segmenter"), model("summarizer"), 15, sentences, *files))["mb_s"]


def summarizer(part, file=None, sentences=3):
    if file:
        records = read_lines(Path(file))
    else:
        records = [{"id": Path(page).name, "text": Path(page).read_text()[:8000]} for page in own_pages()]  # TextRank's time is quadratic
    texts = [r["text"] for r in records]
    scores = {"ROUGE-1": 1, "ROUGE-2": 1} if file else {}
    table = part.table(f"{sentences} sentences of each of {len(records)} texts, {sum(map(len, texts)):,} characters, one core; 15 runs (peers: 3)", ["by"],
                       {"*MB/s": 3, "textd is": 1, **scores}, "segmenting included" + ("; ROUGE: F1, without stemming or stop words" if file else ""))
    ours = our_speed(texts, sentences)
    rows = [("textd", our_summaries(records, sentences) if file else None, ours)]
    if has_npm(part, "npm's summarizers", PEERS / "summarizer", "node-summarizer"):
        rows += [(words, *peer_summaries(name, records, sentences)) for name, words in SUMMARIZERS.items()]
    for name, made, rates in rows:
        points = {"MB/s": rates, "textd is": None if name == "textd" else of(ours, rates)}
        if file:
            pairs = [(r.get("references") or [r["reference"]], made[r["id"]]) for r in records]
            points |= {f"ROUGE-{n}": statistics.fmean(rouge(*pair, n) for pair in pairs) for n in (1, 2)}
        table.add((name,), points)
    table.show()


def keyphrases(part, show=""):
    phrases.keyphrases(part, show)


# ---- Scripts -----------------------------------------------------------------------------------------------------------


def lua(part, count=400):
    names_ = {"segmenter": "segmenter", "shout": "capitals, in C", "capitals": "capitals, in Lua", "size": "#doc.text"}
    dirs = [str(BUILD / "bench/plugins"), str(ROOT / "bench/plugins")]  # the second has scripts
    plugins = [{"name": n, "file": "lua" if n in ("capitals", "size") else n} for n in names_]
    phrase = "WHY do they SHOUT? My parcel has not arrived, I was charged twice. The house by the river was sold in May. "
    table = part.table(f"us a document, one at a time, one worker; {count} each", ["bytes"], {name: 0 for name in names_.values()})
    with Textd({"plugin_dirs": dirs, "plugins": plugins, "workers": {"count": 1}}) as textd:
        for size in 0, 100, 1_000, 10_000, 100_000:
            text = (phrase * (size // len(phrase) + 1))[:size]
            runs = [textd.ask({"id": 1, "text": text})["timing"]["plugins"] for _ in range(count)]
            table.add((size,), {words: [r[n] for r in runs] for n, words in names_.items()})
    table.show()
