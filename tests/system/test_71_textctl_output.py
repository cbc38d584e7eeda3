"""What textctl makes of a reply: the report of plugins that it doesn't know, pages, tables and files for people who label text."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest

from conftest import Daemon, plugins
from test_70_textctl import DESCRIBED, EXAMPLES, end_of, lines_of, silent, start_textctl, textctl  # noqa: F401


@pytest.fixture(scope="module")
def real():
    """A daemon with the plugins that textd is built with."""
    daemon = Daemon({"workers": {"count": 2}})
    yield daemon
    daemon.clean_up()


@pytest.fixture(scope="module")
def echoing():
    """A daemon with a plugin that textctl has never heard of: its result has {"words": [{start, end, text}]}, a text, a map."""
    daemon = Daemon(plugins("echo"))
    yield daemon
    daemon.clean_up()


def answered(silent, text, results, *args, described=DESCRIBED, **more):
    """textctl on one text, to which the server's answer is these results. -> exit code, output, errors"""
    process = start_textctl("annotate", *map(str, args), "-", endpoint=silent.endpoint, stdin=text.encode())
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **described)
    _, request = silent.receive()
    silent.answer(who, id=request["id"], **{"ok": True, "results": results, **more})
    return end_of(process)


# ---- The report ----


def test_the_layer_of_a_plugin_from_elsewhere_is_marked_and_listed(silent):
    text = "Müller paid 10 € to the 🐝 farm, the 🐝 farm said."
    at = lambda word, nth=0: (len(text[:text.index(word)].encode()), len(text[:text.index(word) + len(word)].encode()))  # noqa: E731
    bees = [m for m in (text.index("🐝"), text.rindex("🐝"))]
    code, out, err = answered(silent, text, {
        "farms": {"found": [{"start": len(text[:b].encode()), "end": len(text[:b + 6].encode()), "label": "FARM"} for b in bees]
                  + [{"start": 3, "end": 999, "label": "FARM"}, 7],
                  "model": "bees-2", "took": {"ms": 1.5, "steps": [1, 2]}, "deep": [[{"a": None}]], "empty": {}, "none": []},
        "plain": [{"start": at("paid")[0], "end": at("paid")[1]}],
        "word": "a text of its own",
        "entities": {"entities": [{"start": 0, "end": 7, "type": "PERSON", "text": "Müller"}]},
    })
    assert code == 0, err
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[lines.index("farms"):][1:7] == [
        "  FARM       🐝 farm ×2", "  model: bees-2", "  took.ms: 1.5", "  took.steps: 1, 2", '  deep: [[{"a":null}]]', "  empty: {}"]
    assert lines[lines.index("plain") + 1] == "  plain      paid" and lines[lines.index("word") + 1] == "  a text of its own"
    assert " ".join(line.strip() for line in lines[-2:]) == "Müller [PERSON] paid [plain] 10 € to the 🐝 farm [FARM], the 🐝 farm [FARM] said."


def test_a_plugin_that_textctl_does_not_know_is_no_raw_json(echoing, tmp_path):
    (tmp_path / "a").write_text("two words")
    done = textctl("annotate", tmp_path / "a", endpoint=echoing.endpoint)
    assert done.returncode == 0, done.err
    assert "  words      two, words" in done.out and "  options.colour: red" in done.out and "{" not in done.out
    assert done.out.endswith("  two [words] words [words]\n")


def test_names_go_before_other_marks_that_overlap_them(silent):
    code, out, err = answered(silent, "abcdefghij", {
        "z": {"spans": [{"start": s, "end": e, "type": "Z"} for s, e in [(0, 1), (1, 3), (4, 6), (5, 7), (6, 6), (8, 10)]]},
        "entities": {"entities": [{"start": s, "end": e, "type": "E", "text": "x"} for s, e in [(2, 4), (2, 3), (7, 9), (6, 7)]]}})
    assert code == 0, err
    assert out.splitlines()[-1].strip() == "a [Z]bcd [E]ef [Z]g [E]hi [E]j"


WHO = "Ada Lane met Bo. Lane, of Lane & Co, saw Lane on May 1."


def who(text=WHO):
    at, found = 0, []
    for words, kind, ref in [("Ada Lane", "PERSON", 1), ("Bo", "PERSON", 0), ("Lane", "PERSON", 1), ("Lane & Co", "ORG", 2), ("Lane", "PERSON", 1), ("May 1", "DATE", None)]:
        at = text.index(words, at)
        found.append({"start": at, "end": at + len(words), "type": kind, "text": words, **({"ref": ref} if ref is not None else {})})
        at += len(words)
    names = [("Bo", "PERSON", 1, 1), ("Ada Lane", "PERSON", 3, 0), ("Lane & Co", "ORG", 1, 3)]
    return {"entities": found, "names": [dict(zip(("name", "type", "mentions", "first"), name)) for name in names]}


def test_the_report_says_who_is_named_how_often(silent):
    code, out, err = answered(silent, WHO, {"entities": who()})
    assert code == 0, err
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[lines.index("Entities"):][1:4] == ["  DATE       May 1", "  ORG        Lane & Co", "  PERSON     Ada Lane ×3 (Lane), Bo"]


def test_names_that_are_none_leave_each_form_by_itself(silent):
    for names in ([], None, 7, [1, {"name": 5, "type": "PERSON"}, []]):
        code, out, err = answered(silent, WHO, {"entities": {**who(), "names": names}})
        assert code == 0 and "  PERSON     Lane ×2, Ada Lane, Bo\n" in out, (out, err)


# ---- Warnings ----


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"], ["--jsonl", "-"]])
def test_a_warning_is_said_once_and_passed_on_to_programs(real, tmp_path, form):
    for name in "ab":
        (tmp_path / name).write_text("Fine.")
    files = [] if "--jsonl" in form else [tmp_path / "a", tmp_path / "b"]
    done = textctl("annotate", "--lang", "klingon", *form, *files, endpoint=real.endpoint,
                   stdin=b'{"id":1,"text":"a"}\n{"id":2,"text":"b"}\n')
    assert done.returncode == 0
    assert done.err.count("klingon") == 1 and done.err.startswith("textctl: warning: 'lang'") and len(done.err.splitlines()) == 1
    if form and form != ["--csv"]:
        assert all("klingon" in line["warnings"][0] for line in lines_of(done.out)) and len(lines_of(done.out)) == 2


def test_warnings_without_end_come_to_one(silent):
    code, out, err = answered(silent, "x", {}, warnings=[f"no {n}\x1b[2J" for n in range(1000)] + [7, None])
    assert code == 0 and len(err.splitlines()) == 33 and "there may be more" in err and "\x1b" not in err


# ---- The command line ----


@pytest.mark.parametrize("args, word", [
    (["--json", "--html", "p", "f"], "one of --json, --html, --csv, --conll and --brat"),
    (["--csv", "--conll", "f"], "one of --json"),
    (["--brat", "d", "--conll", "--jsonl", "f"], "one of --json"),
    (["--html", "p", "--output", "o", "f"], "no --output"),
    (["--brat", "d", "--output", "o", "f"], "no --output"),
    (["--conll", "--offsets", "utf16", "f"], "--offsets only with --json, --jsonl or --csv"),
    (["--html", "p", "--offsets", "utf16", "--jsonl", "f"], "--offsets only with --json, --jsonl or --csv"),
    (["--html", "f"], "needs a FILE"),
])
def test_forms_that_do_not_go_together_are_refused(args, word):
    done = textctl("annotate", *args)
    assert done.returncode == 2 and word in done.err, done.err


# ---- Tables ----

HARD = 'Zoë 👩‍👩‍👧 of "A, B\nand C" in e\u0301te\u0301, 東京: =1+1'
SPANS = [("Zoë", "PERSON", None), ('"A, B\nand C"', "ORG", "a\tb"), ("e\u0301te\u0301", "A,B", {"n": 1.5}), ("東京", "LOC", None), ("=1+1", "X", 7)]


def in_bytes(text, found):
    return len(text[:text.index(found)].encode()), len(text[:text.index(found) + len(found)].encode())


def as_result(text, spans):
    """An answer of the form that the built-in plugin has."""
    found = []
    for part, kind, value in spans:
        start, end = in_bytes(text, part)
        found.append({"start": start, "end": end, "type": kind, "text": part, "score": 0.95, **({} if value is None else {"value": value})})
    return {"names": {"entities": found}}


@pytest.mark.parametrize("unit, length", [("byte", lambda s: len(s.encode())), ("codepoint", len), ("utf16", lambda s: len(s.encode("utf-16-le")) // 2)])
def test_a_table_has_a_row_for_each_name_and_is_read_by_others(silent, unit, length):
    text = "x" * 3000 + "😀" * 500 + HARD
    code, out, err = answered(silent, text, as_result(text, SPANS), "--csv", "--offsets", unit,
                              described={"ok": True, "limits": {"document_bytes": 100000}})
    assert code == 0, err
    assert out.count("\r\n") == len(SPANS) + 1
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["text"], row["type"]) for row in rows] == [span[:2] for span in SPANS]
    assert [row["value"] for row in rows] == ["", "a\tb", '{"n":1.5}', "", "7"]
    assert {(row["id"], row["score"], row["plugin"]) for row in rows} == {("(standard input)", "0.95", "names")}
    for row in rows:
        start = length(text[:text.index(row["text"])])
        assert (int(row["start"]), int(row["end"])) == (start, start + length(row["text"]))


def test_a_batch_becomes_a_table_and_says_which_lines_failed(echoing):
    stdin = b'{"id":"a,\\"1\\"","text":"two words"}\n{"id":2.5,"text":"three"}\nnonsense\n{"text":"four"}\n{"id":"bad","text":4}\n'
    done = textctl("annotate", "--csv", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 1
    assert [row["id"] for row in csv.DictReader(io.StringIO(done.stdout.decode(), newline=""))] == ['a,"1"', 'a,"1"', "2.5", "4"]
    assert "line 3 (3): BAD_LINE" in done.err and "line 5 (bad): BAD_LINE" in done.err
    empty = textctl("annotate", "--csv", "--jsonl", "-", endpoint=echoing.endpoint)
    assert empty.returncode == 0 and empty.out == "id,start,end,type,text,value,score,plugin\r\n"


# ---- Columns ----


def columns(out):
    """-> {document's id: [[(token, label), …] for each sentence]} and the texts of the sentences"""
    documents, texts, sentence = {}, [], None
    lines = out.split("\n")
    assert lines[0] == "# global.columns = FORM NER"
    for line in lines[1:]:
        if line.startswith("# newdoc id = "):
            documents[line[14:]] = sentences = []
        elif line.startswith("# text = "):
            texts.append(line[9:])
        elif not line:
            sentence = None
        elif "\t" in line:
            if sentence is None:
                sentences.append(sentence := [])
            sentence.append(tuple(line.split("\t")))
        else:
            assert re.match(r"# (sent_id = |newpar)", line), line
    return documents, texts


def names_in(sentences):
    """-> [(type, its tokens)] by IOB2, of which it checks the rules"""
    names = []
    for sentence in sentences:
        last = "O"
        for token, label in sentence:
            if label[0] == "B":
                names.append((label[2:], [token]))
            elif label[0] == "I":
                assert last[1:] == label[1:], "I- goes on with what is open"
                names[-1][1].append(token)
            else:
                assert label == "O"
            last = label
    return names


@pytest.mark.parametrize("plugins", [[], ["--plugins", "entities"], ["--plugins", "entities,segmenter", "-o", "segmenter.tokens=true"]])
def test_columns_have_the_names_that_the_reply_has(real, plugins):
    files = [str(EXAMPLES / name) for name in ("news.txt", "post.txt")]
    done = textctl("annotate", "--conll", *plugins, *files, endpoint=real.endpoint)
    assert done.returncode == 0, done.err
    documents, texts = columns(done.out)
    assert list(documents) == files and len(texts) == sum(map(len, documents.values())) > 30
    for file in files:
        reply = json.loads(textctl("annotate", "--json", "--plugins", "entities", file, endpoint=real.endpoint).out)
        wanted = [(e["type"], re.sub(r"\s", "", e["text"])) for e in reply["results"]["entities"]["entities"]]
        assert [(kind, "".join(tokens)) for kind, tokens in names_in(documents[file])] == wanted


def test_what_columns_tell_is_read_back_by_evaluate(real, tmp_path):
    file = tmp_path / "a.conll"
    lines = [json.dumps({"id": name, "text": (EXAMPLES / name).read_text()}) for name in ("review.txt", "post.txt")]
    lines.append(json.dumps({"id": "# odd", "text": "#\tis what\x0bAngela Merkel wrote: # 1 and #2.\r\n\r\n # In Paris."}))
    done = textctl("annotate", "--conll", "--plugins", "entities", "--jsonl", "-", "--output", file,
                   endpoint=real.endpoint, stdin="\n".join(lines).encode())
    assert done.returncode == 0, done.err
    done = textctl("evaluate", "entities", file)
    assert done.returncode == 0, done.err
    types = {row.split()[0]: row.split()[1:] for row in done.out.split("\n\n")[0].splitlines()[1:] if not row.startswith("left out")}
    assert types["all"][2] == "100.00" and int(types["all"][3]) >= 8, done.out
    assert int(types["PERSON"][3]) >= 3


def described(*plugins, pipeline=()):
    return {"ok": True, "limits": {"document_bytes": 1000}, "pipelines": [{"name": "default", "plugins": list(pipeline)}],
            "plugins": [{"name": name, "options": [{"name": "tokens", "type": "bool"}] if name.startswith("seg") else []} for name in plugins]}


@pytest.mark.parametrize("args, answer, code, words", [
    ([], described("names", pipeline=["names"]), 2, "no plugin of this textd gives any"),
    ([], described("seg1", "names", pipeline=["names"]), 2, "--plugins seg1,..."),
    (["-o", "seg1.tokens=false"], described("seg1", pipeline=["seg1"]), 2, "--option seg1.tokens=false switches them off"),
])
def test_columns_without_tokens_are_refused_with_words(silent, args, answer, code, words):
    process = start_textctl("annotate", "--conll", *args, "-", endpoint=silent.endpoint, stdin=b"x")
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **answer)
    ended, _, err = end_of(process)
    assert ended == code and words in err, err


def test_tokens_are_cut_where_names_begin_and_end(silent):
    text = "pre-Ada'sCo\twas it"
    process = start_textctl("annotate", "--conll", "--plugins", "names", "-", endpoint=silent.endpoint, stdin=text.encode())
    who, request = silent.receive()
    silent.answer(who, id=request["id"], **described("seg1", "seg2", "names", pipeline=["names", "seg2"]))
    _, request = silent.receive()
    assert request["plugins"] == ["names", "seg1"] and request["options"] == {"seg1": {"tokens": True}}
    silent.answer(who, id=request["id"], ok=True, results={
        "seg1": {"sentences": [[0, 11], [12, 18]], "tokens": [[0, 11], [12, 15], [16, 18], [900, 901]]},
        **as_result(text, [("Ada", "PERSON", None), ("Co\twas", "A B", None)])})
    code, out, err = end_of(process)
    assert code == 0, err
    assert out == ("# global.columns = FORM NER\n# newdoc id = (standard input)\n# sent_id = (standard input)-1\n# text = pre-Ada'sCo\n"
                   "pre-\tO\nAda\tB-PERSON\n's\tO\nCo\tB-A_B\n\n# sent_id = (standard input)-2\n# text = was it\nwas\tB-A_B\nit\tO\n\n")


# ---- brat ----


def test_brat_files_have_code_points_and_parts_for_lines(silent, tmp_path):
    text = HARD + "\r\n\r\nLine\nend"
    spans = [*SPANS, ("C\" in", "ORG", None), ("\nend", "END", None), ("\r\n\r\n", "GAP", None), ("=1+1\r\n\r\nLine\nend", "LONG TYPE!", None)]
    code, out, err = answered(silent, text, as_result(text, spans), "--brat", tmp_path / "new")
    assert code == 0 and out == "", err
    assert (tmp_path / "new/_standard_input_.txt").read_bytes() == text.encode()
    lines = (tmp_path / "new/_standard_input_.ann").read_text().splitlines()
    notes = [line for line in lines if line[0] == "#"]
    assert notes == ["#2\tAnnotatorNotes T2\ta b", '#4\tAnnotatorNotes T4\t{"n":1.5}', "#7\tAnnotatorNotes T7\t7"]
    found = []
    for line in lines:
        if line[0] != "#":
            number, head, shown = line.split("\t")
            kind, parts = head.split(" ", 1)
            pieces = [text[int(part.split()[0]):int(part.split()[1])] for part in parts.split(";")]
            assert shown == " ".join(pieces) and not re.search(r"[\r\n]", shown)
            found.append((kind, shown))
    assert sorted(found) == sorted([("PERSON", "Zoë"), ("ORG", '"A, B and C"'), ("A_B", "e\u0301te\u0301"), ("LOC", "東京"), ("X", "=1+1"),
                                    ("ORG", 'C" in'), ("END", "end"), ("LONG_TYPE_", "=1+1 Line end")])
    conf = (tmp_path / "new/annotation.conf").read_text()
    assert conf.startswith("[entities]\n") and "LONG_TYPE_\n" in conf and "[relations]" in conf


def test_brat_files_say_which_marks_are_one_name(silent, tmp_path):
    code, out, err = answered(silent, WHO, {"entities": who(), "second": who()}, "--brat", tmp_path / "new")
    assert code == 0 and out == "", err
    lines = [line.split("\t") for line in (tmp_path / "new/_standard_input_.ann").read_text().splitlines()]
    marks = {line[0]: line[2] for line in lines if line[0] != "*"}
    equal = [line[1].split() for line in lines if line[0] == "*"]
    assert len(marks) == 12 and [[marks[t] for t in words[1:]] for words in equal] == [["Ada Lane", "Lane", "Lane"]] * 2, "each plugin's are its own"
    assert all(words[0] == "Equiv" for words in equal) and len({t for words in equal for t in words[1:]}) == 6
    assert "[relations]\nEquiv\tArg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive\n" in (tmp_path / "new/annotation.conf").read_text()
    answered(silent, WHO, {"entities": {"entities": who()["entities"]}}, "--brat", tmp_path / "without")
    assert "*" not in (tmp_path / "without/_standard_input_.ann").read_text()
    assert "Equiv" not in (tmp_path / "without/annotation.conf").read_text()


def test_brat_files_of_one_name_are_numbered_however_many_there_are(echoing, tmp_path):
    n = 10010
    stdin = "".join(json.dumps({"id": "東京" if i % 2 else "京都", "text": str(i)}) + "\n" for i in range(n)).encode()
    done = textctl("annotate", "--brat", tmp_path / "new", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new/______.txt").read_text() == "0" and (tmp_path / f"new/______-{n}.txt").read_text() == str(n - 1)


def test_brat_files_stay_in_their_folder_and_over_nobody_elses(echoing, tmp_path):
    ids = ["../../up", "/etc/passwd", "a b", "a_b", ".hidden", "", "x" * 500, "a/b.txt", "🐝", "\x00", "-rf"]
    stdin = "".join(json.dumps({"id": name, "text": "two words"}) + "\n" for name in ids).encode()
    done = textctl("annotate", "--brat", tmp_path / "new", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 0, done.err
    assert list(tmp_path.iterdir()) == [tmp_path / "new"]
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert len([n for n in names if n.endswith(".ann")]) == len([n for n in names if n.endswith(".txt")]) == len(ids)
    assert {"a_b.ann", "a_b-2.ann", "_etc_passwd.txt", "annotation.conf", "_rf.txt"} <= set(names)
    before = {path: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    done = textctl("annotate", "--brat", tmp_path / "new", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 1 and "writes to a new one, or an empty one" in done.err
    assert before == {path: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    for name, is_taken in (("annotation.conf", False), (".git", False), ("passwd", True), ("a.folder", True)):
        (tmp_path / name / name).mkdir(parents=True)
        done = textctl("annotate", "--brat", tmp_path / name, "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
        assert ("writes to a new one, or an empty one" in done.err, len(list((tmp_path / name).iterdir())) == 1) == (is_taken, is_taken)
    done = textctl("annotate", "--brat", tmp_path / "no/such", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 1 and "No such file" in done.err


# ---- Pages ----


class Page(HTMLParser):
    """Reads a page as a browser does that holds it to be well-formed; what the page adds to a text is left out of it."""

    VOID = {"meta", "input"}
    ADDED = {"l", "n", "r"}

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.marks, self.tags, self.links, self.ids = [], [], [], set(), [], set()
        self.style, self.titles, self.sentences = "", [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "srcset", "action") for name in attributes)
        if "id" in attributes:
            assert attributes["id"] not in self.ids
            self.ids.add(attributes["id"])
        if "href" in attributes:
            self.links.append(attributes["href"])
        kinds = (attributes.get("class") or "").split()
        if tag in self.VOID:
            return
        self.open.append((tag, kinds))
        if "text" in kinds:
            self.texts.append("")
        if self.in_text() and "e" in kinds:
            self.marks.append(["", ""])
            self.titles.append(attributes["title"])
        if self.in_text() and "s" in kinds:
            self.sentences.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def in_text(self):
        return any("text" in kinds for _, kinds in self.open)

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "style":
            self.style += data
        if not self.in_text():
            return
        added = {kind for _, kinds in self.open for kind in kinds} & self.ADDED
        n_open = sum("e" in kinds for _, kinds in self.open)
        if not added:
            self.texts[-1] += data
            if any("s" in kinds for _, kinds in self.open):
                self.sentences[-1] += data
        if n_open == 1:
            self.marks[-1]["l" in added] += data


def page_of(silent, text, results, **more):
    code, out, err = answered(silent, text, results, "--html", "-", **more)
    assert code == 0, err
    return Page(out), out


EVIL = ["<script>alert(1)</script>", "</div></article></main>", "<!-- ", "]]>", "&lt;&amp;&#60;", "\"' onmouseover='x", "<style>*{}</style>", "\u202eabc\u202c",
        "\x00\x1b[31m\x07\x7f\x85", "<a href=http://a.example>", "</title>", "{{7*7}}"]


def test_a_page_shows_the_text_and_nothing_else_gets_out_of_it(silent):
    text = " ".join(EVIL) + "\r\nend"
    kind = "T\"><script>"
    page, html = page_of(silent, text, {
        "p<b>": {"entities": [{"start": 0, "end": 8, "type": kind, "text": "<i>x", "value": "\"><x>", "id": "'<", "score": 0.5}]},
        "other": {"a<b": [{"start": 9, "end": 12, "label": "<u>&"}], "x": "<p>"},
        "s": {"score": 0.5, "label": "<i>good", "confidence": 0.9, "sentences": [{"start": 0, "end": 20, "score": 0.9, "label": "<b>"}]},
        "sum": {"summary": "<b>s", "headline": {"text": "<h9>", "start": 0, "end": 1}, "sentences": [{"start": 0, "end": 20, "rank": 1, "score": 1.0}]},
    }, errors={"bad<": {"code": "<X>", "message": "<y>"}})
    assert page.tags <= {"html", "head", "meta", "title", "style", "body", "input", "header", "p", "h1", "h2", "h3", "div", "label", "mark", "b", "i",
                         "span", "main", "article", "ul", "li", "section", "a", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "small"}
    shown = text.replace("\r\n", "\n")
    for code, name in [(0x202e, "RLO"), (0x202c, "PDF"), *[(c, f"U+{c:04X}") for c in (0, 0x1b, 7, 0x7f, 0x85)]]:
        shown = shown.replace(chr(code), name)
    assert page.texts == [shown]
    assert page.titles[0].startswith(kind)
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links) and page.links
    assert not any(unicodedata.category(c) in ("Cc", "Cf") and c != "\n" for c in html)
    assert "default-src 'none'" in html and "http://" not in html.replace("http://a.example", "") and "url(" not in html and "@import" not in html


def test_marks_on_a_page_stand_where_they_should(silent):
    page, _ = page_of(silent, HARD, as_result(HARD, SPANS))
    assert [(shown, kind) for shown, kind in page.marks] == [span[:2] for span in SPANS]
    assert page.texts == [HARD]


def test_marks_that_overlap_nest_on_a_page(silent):
    text = "".join(chr(ord("a") + i) for i in range(26))
    ranges = [(0, 26), (1, 5), (3, 9), (3, 9), (4, 5), (8, 12), (20, 26), (25, 26), (7, 7)]
    sentences = [{"start": 0, "end": 4, "score": -0.5, "label": "negative"}, {"start": 4, "end": 26, "score": 0.01, "label": "neutral"}]
    page, html = page_of(silent, text, {
        "x": {"spans": [{"start": s, "end": e, "type": f"T{s}-{e}"} for s, e in ranges + [(6, 20)] * 5000]},
        "s": {"score": 0.1, "label": "positive", "sentences": sentences},
        "sum": {"summary": text[2:6], "sentences": [{"start": 2, "end": 6, "rank": 1, "score": 1.0}]}})
    assert page.texts == [text] and "".join(page.sentences) == text
    assert max(html.count(f'title="T{s}-{e}') for s, e in ranges if s != e) < 10
    assert "−0.50</i>" in html and "0.01</i>" in html and 'id="d1k1"' in html and 'href="#d1k1"' in html


def test_a_page_of_a_batch_names_all_documents_and_what_failed(echoing, tmp_path):
    stdin = b'{"id":"one","text":"a b"}\n{"id":"<two>","text":"c"}\nnonsense\n{"id":"bad","text":4}\n'
    page = tmp_path / "page.html"
    done = textctl("annotate", "--html", page, "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert done.returncode == 1 and done.out == ""
    html = page.read_text()
    read = Page(html)
    assert read.links[:4] == ["#d1", "#d2", "#d3", "#d4"] and read.texts == ["a b", "c", "", ""]
    assert "<h1 dir=\"auto\">4 documents" in html and "2 failed" in html and "&lt;two&gt;" in html and "BAD_LINE" in html
    again = textctl("annotate", "--html", "-", "--jsonl", "-", endpoint=echoing.endpoint, stdin=stdin)
    assert again.out == html, "the same texts give the same page"


def contrast(a, b):
    def luminance(color):
        parts = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_page_can_be_read_by_day_and_by_night(silent):
    page, _ = page_of(silent, "x", {})
    day, night = page.style.split("@media screen and (prefers-color-scheme:dark)")
    night = night.split("\n}\n")[0]
    assert "@media print" in page.style
    for scheme in day, night:
        root = dict(re.findall(r"--(\w+):(#\w{6})", scheme.split("}")[0]))
        types = [dict(re.findall(r"--(\w+):(#\w{6})", rule)) for rule in re.findall(r"\.h\d+{([^}]*)}", scheme)]
        assert len(types) == 12
        grounds = [root[name] for name in ("card", "page", "quiet", "p1", "p2", "p3", "m1", "m2", "m3")]
        for ground in grounds + [t["b"] for t in types]:
            assert contrast(root["ink"], ground) >= 6
        for ground in grounds:
            for name in ("goodink", "badink", "starink", "link", "soft"):
                assert contrast(root[name], ground) >= 4.5, (name, ground)
        for t in types:
            assert contrast(t["l"], t["b"]) >= 4.5


def test_a_page_of_real_results_has_all_its_parts(real, tmp_path):
    file = EXAMPLES / "review.txt"
    done = textctl("annotate", "--html", tmp_path / "p", file, endpoint=real.endpoint)
    assert done.returncode == 0, done.err
    html = (tmp_path / "p").read_text()
    page = Page(html)
    assert page.texts == [file.read_text()]
    assert ["Lisbon", "LOC"] in page.marks and "MONEY · {&quot;amount&quot;:310.0" in html
    assert len(page.sentences) >= 10 and "<h3>Summary</h3>" in html and "#d1k2" in page.links


def test_a_text_cannot_turn_the_direction_of_what_the_report_says(real):
    text = "He wrote \u202eevil\u202c and \u2066more\u2069. \u05e9\u05dc\u05d5\u05dd."
    done = textctl("annotate", "-", endpoint=real.endpoint, stdin=text.encode())
    out = done.out
    assert not set(out) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") and "\ufffdevil\ufffd" in out
    assert "\u05e9\u05dc\u05d5\u05dd" in out  # Hebrew itself stays as it is


# ---- By columns ----

COLUMNS = [word for name in ("segmenter", "entities", "sentiment") for word in ("-o", f"{name}.form=columns")]


def test_what_came_by_columns_is_shown_as_what_came_in_lists(real, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("".join((EXAMPLES / name).read_text() for name in ("news.txt", "review.txt")) + "\nWe paid $3 million, or 5-9 km, on May 1 to <Ada Lane> & Co.\n")

    def shown(*args):
        done = textctl("annotate", "-o", "segmenter.tokens=true", "-o", "sentiment.level=sentence", *args, text, endpoint=real.endpoint)
        assert done.returncode == 0, done.err
        return done.out

    for form in ["--csv"], ["--conll"], ["--html", "-"]:
        lists = shown(*form)
        assert len(lists) > 1000 and shown(*form, *COLUMNS) == lists, form
    report, by_columns = ([line for line in shown(*more).splitlines()[1:]] for more in ([], COLUMNS))  # the first line has milliseconds
    assert by_columns == report and any("Ada Lane" in line for line in report)
    for folder, more in ("lists", []), ("columns", COLUMNS):
        shown("--brat", tmp_path / folder, *more)
    assert sorted(p.name for p in (tmp_path / "columns").iterdir()) == sorted(p.name for p in (tmp_path / "lists").iterdir())
    for file in (tmp_path / "lists").iterdir():
        assert (tmp_path / "columns" / file.name).read_bytes() == file.read_bytes()
