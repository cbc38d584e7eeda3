"""What textd says about a text. Everything is made when it is looked at; `Doc.raw` is the reply as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from ._errors import Id, ServerError, server_error

Value = Union[str, Mapping[str, Any], None]
Slice = Callable[[int, int], str]


@dataclass
class Span:
    """A piece of the text: `doc.text[start:end] == text` when offsets are code points."""

    __slots__ = ("start", "end", "text")
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class Entity(Span):
    """`value`: of dates and times a str; of amounts a map such as {'amount': 3000000.0, 'currency': 'USD'}. `id`:
    from a dictionary. `ref`: of names, which of `doc.names` it is."""

    __slots__ = ("type", "score", "value", "id", "ref")
    type: str
    score: float
    value: Value
    id: Optional[str]
    ref: Optional[int]

    # The names that spaCy's spans have.
    @property
    def label_(self) -> str:
        return self.type

    @property
    def start_char(self) -> int:
        return self.start

    @property
    def end_char(self) -> int:
        return self.end

    __str__ = Span.__str__


@dataclass
class Name:
    """One person, organization or other thing that the text names, by its fullest form there. `mentions`: how often;
    `first`: an index into `doc.entities`."""

    __slots__ = ("name", "type", "mentions", "first")
    name: str
    type: str
    mentions: int
    first: int

    def __str__(self) -> str:
        return self.name


@dataclass
class Judgement(Span):
    """The sentiment of a sentence, or of what is said about an entity."""

    __slots__ = ("score", "label", "confidence")
    score: float
    label: str
    confidence: float

    __str__ = Span.__str__


@dataclass
class Reason(Span):
    """What a sentiment comes from. Asked for by the option `explain`."""

    __slots__ = ("contribution", "rules")
    contribution: float
    rules: List[str]

    __str__ = Span.__str__


@dataclass
class Sentiment:
    """`score`: -1 to 1. `label`: negative, neutral or positive. `sentences`, `entities` and `reasons` by the options
    `level` and `explain`. Of a text that was left alone, as one in another language is, the first four are None; a
    warning says why."""

    __slots__ = ("score", "label", "confidence", "domain", "sentences", "entities", "reasons")
    score: Optional[float]
    label: Optional[str]
    confidence: Optional[float]
    domain: Optional[str]
    sentences: List[Judgement]
    entities: List[Judgement]
    reasons: List[Reason]


@dataclass
class SummarySentence(Span):
    """`rank` 1 is the best."""

    __slots__ = ("score", "rank", "reasons")
    score: float
    rank: int
    reasons: List[str]

    __str__ = Span.__str__


@dataclass
class Keyphrase(Span):
    __slots__ = ("score", "count")
    score: float
    count: int

    __str__ = Span.__str__


@dataclass
class Summary:
    """`str(summary)` is its text. `headline`, `keyphrases` and `focused` come when the options ask for them;
    `document` says what the text looks like: prose, table, log, list or chat."""

    __slots__ = ("text", "sentences", "headline", "keyphrases", "focused", "document")
    text: str
    sentences: List[SummarySentence]
    headline: Optional[Span]
    keyphrases: List[Keyphrase]
    focused: Optional[int]
    document: Optional[str]

    def __str__(self) -> str:
        return self.text


@dataclass
class Timing:
    """In µs: in the queue, in a worker, and in each plugin. With a trace also the ids of textd's span and of each
    plugin's."""

    __slots__ = ("queue_us", "run_us", "plugins", "span", "spans")
    queue_us: int
    run_us: int
    plugins: Dict[str, int]
    span: Optional[str]
    spans: Dict[str, str]


def _slicer(text: str, unit: str) -> Slice:
    """Cuts pieces out of the text by offsets in that unit."""
    if unit == "codepoint":
        return lambda start, end: text[start:end]
    if unit == "byte":
        data = text.encode()
        return lambda start, end: data[start:end].decode(errors="replace")
    wide = text.encode("utf-16-le")
    return lambda start, end: wide[2 * start : 2 * end].decode("utf-16-le", errors="replace")


def _judgement(m: Mapping[str, Any], cut: Slice) -> Judgement:
    return Judgement(m["start"], m["end"], cut(m["start"], m["end"]), m["score"], m["label"], m["confidence"])


class Doc:
    """A text and what textd says about it.

    ``results`` is plain data, by plugin. The rest of the attributes are typed views of the built-in plugins' results:
    lists are empty, and ``sentiment`` and ``summary`` None, when that plugin was not asked for.
    """

    __slots__ = ("text", "raw", "offsets", "index", "context", "_cut", "_made")

    def __init__(
        self,
        text: str,
        raw: Dict[str, Any],
        offsets: str = "codepoint",
        index: Optional[int] = None,
        context: Any = None,
    ) -> None:
        self.text = text
        #: The reply, as it came.
        self.raw = raw
        #: The unit of all offsets: codepoint, byte or utf16.
        self.offsets = offsets
        #: Of a batch: which document it is, counted from 0.
        self.index = index
        #: Of a batch with as_tuples: what came with the text.
        self.context = context
        self._cut: Optional[Slice] = None
        self._made: Dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<textd.Doc {self.text[:40]!r} {', '.join(self.results)}>"

    def __reduce__(self) -> Tuple[Any, ...]:
        return Doc, (self.text, self.raw, self.offsets, self.index, self.context)

    # ---- As it came ----

    @property
    def id(self) -> Id:
        id: Id = self.raw["id"]
        return id

    @property
    def results(self) -> Dict[str, Any]:
        results: Dict[str, Any] = self.raw["results"]
        return results

    @property
    def meta(self) -> Any:
        return self.raw.get("meta")

    @property
    def trace(self) -> Optional[str]:
        return self.raw.get("trace")

    @property
    def tracestate(self) -> Optional[str]:
        return self.raw.get("tracestate")

    @property
    def language(self) -> Optional[str]:
        """What most of the text is in: BCP 47, "und" when that can't be told. None when no plugin has looked."""
        language: Optional[str] = self.raw.get("doc", {}).get("language")
        return language

    @property
    def warnings(self) -> List[str]:
        """What was odd about the request, though it was served, and what plugins say of their results."""
        return list(self.raw.get("warnings", ()))

    @property
    def errors(self) -> Dict[str, ServerError]:
        """By plugin: why it has no result, though others have."""
        return {
            name: server_error({"plugin": name, **error}, self.id) for name, error in self.raw.get("errors", {}).items()
        }

    @property
    def timing(self) -> Timing:
        timing = self.raw.get("timing", {})
        return Timing(
            timing.get("queue_us", 0),
            timing.get("run_us", 0),
            dict(timing.get("plugins", {})),
            timing.get("span"),
            dict(timing.get("spans", {})),
        )

    # ---- Typed views ----

    def _view(self, name: str, make: Callable[[Mapping[str, Any], Slice], Any], plugin: str, nothing: Any) -> Any:
        if name not in self._made:
            result = self.results.get(plugin)
            if result is None:
                return nothing
            if self._cut is None:
                self._cut = _slicer(self.text, self.offsets)
            self._made[name] = make(result, self._cut)
        return self._made[name]

    @property
    def entities(self) -> List[Entity]:
        found: List[Entity] = self._view("entities", _entities, "entities", [])
        return found

    @property
    def names(self) -> List[Name]:
        """Who is who: `doc.names[entity.ref]`. Empty also when the daemon is older than that."""
        found: List[Name] = self._view("names", _names, "entities", [])
        return found

    @property
    def sentences(self) -> List[Span]:
        found: List[Span] = self._view("sentences", _sentences, "segmenter", [])
        return found

    @property
    def tokens(self) -> List[Span]:
        """There are some when the segmenter's option `tokens` asks for them."""
        found: List[Span] = self._view("tokens", _tokens, "segmenter", [])
        return found

    @property
    def sentiment(self) -> Optional[Sentiment]:
        found: Optional[Sentiment] = self._view("sentiment", _sentiment, "sentiment", None)
        return found

    @property
    def summary(self) -> Optional[Summary]:
        found: Optional[Summary] = self._view("summary", _summary, "summarizer", None)
        return found

    # ---- For other tools ----

    @property
    def ents(self) -> Tuple[Entity, ...]:
        """The entities, as spaCy's `doc.ents`: they have `text`, `label_`, `start_char` and `end_char`."""
        return tuple(self.entities)

    def to_displacy(self, title: Optional[str] = None) -> Dict[str, Any]:
        """For `displacy.render(doc.to_displacy(), style="ent", manual=True)`."""
        ends = self._codepoints()
        ents = [{"start": ends(e.start), "end": ends(e.end), "label": e.type} for e in self.entities]
        return {"text": self.text, "ents": ents, "title": title}

    def _codepoints(self) -> Callable[[int], int]:
        if self.offsets == "codepoint":
            return lambda at: at
        cut = _slicer(self.text, self.offsets)
        return lambda at: len(cut(0, at))

    def rows(self, of: str = "entities") -> List[Dict[str, Any]]:
        """A list of maps with the same keys each, for `pandas.DataFrame`: of "entities", "sentences" (with their
        sentiment, if the option `level` asked for it), "tokens", "keyphrases", or one of the whole "document"."""
        made = _ROWS.get(of)
        if made is None:
            raise ValueError(f"rows of {of!r}: there are {', '.join(_ROWS)}")
        doc = self.id if self.index is None else self.index
        return [{"doc": doc, **row} for row in made(self)]


# ---- Views of results ----


def _each(columns: Mapping[str, List[Any]], *keys: str) -> Iterator[Tuple[Any, ...]]:
    return zip(*(columns[key] for key in keys))


def _entities(result: Mapping[str, Any], cut: Slice) -> List[Entity]:
    if "columns" in result:
        return _entities_of_columns(result, cut)
    return [
        Entity(e["start"], e["end"], e["text"], e["type"], e["score"], e.get("value"), e.get("id"), e.get("ref"))
        for e in result.get("entities", ())
    ]


def _entities_of_columns(result: Mapping[str, Any], cut: Slice) -> List[Entity]:
    types, values, ids = result["types"], dict(result["values"]), dict(result["ids"])
    return [
        Entity(start, end, cut(start, end), types[kind], score, values.get(i), ids.get(i), ref if ref >= 0 else None)
        for i, (start, end, kind, score, ref) in enumerate(
            _each(result["columns"], "start", "end", "type", "score", "ref")
        )
    ]


def _names(result: Mapping[str, Any], cut: Slice) -> List[Name]:
    if "name_columns" in result:
        types = result["types"]
        return [
            Name(name, types[kind], mentions, first)
            for name, kind, mentions, first in _each(result["name_columns"], "name", "type", "mentions", "first")
        ]
    return [Name(n["name"], n["type"], n["mentions"], n["first"]) for n in result.get("names", ())]


def _spans(result: Mapping[str, Any], key: str, cut: Slice) -> List[Span]:
    columns = result.get("columns", {}).get(key)
    pairs = _each(columns, "start", "end") if columns is not None else result.get(key, ())
    return [Span(start, end, cut(start, end)) for start, end in pairs]


def _sentences(result: Mapping[str, Any], cut: Slice) -> List[Span]:
    return _spans(result, "sentences", cut)


def _tokens(result: Mapping[str, Any], cut: Slice) -> List[Span]:
    return _spans(result, "tokens", cut)


def _judgements(m: Mapping[str, Any], key: str, cut: Slice) -> List[Judgement]:
    columns = m.get("columns", {}).get(key)
    if columns is None:
        return [_judgement(j, cut) for j in m.get(key, ())]
    labels = m["labels"]
    return [
        Judgement(start, end, cut(start, end), score, labels[label], confidence)
        for start, end, score, label, confidence in _each(columns, "start", "end", "score", "label", "confidence")
    ]


def _sentiment(m: Mapping[str, Any], cut: Slice) -> Sentiment:
    return Sentiment(
        m["score"], m["label"], m["confidence"], m["domain"],
        _judgements(m, "sentences", cut),
        _judgements(m, "entities", cut),
        [
            Reason(r["start"], r["end"], cut(r["start"], r["end"]), r["contribution"], r["rules"])
            for r in m.get("reasons", ())
        ],
    )  # fmt: skip


def _summary(m: Mapping[str, Any], cut: Slice) -> Summary:
    headline = m.get("headline")
    return Summary(
        m["summary"],
        [
            SummarySentence(s["start"], s["end"], cut(s["start"], s["end"]), s["score"], s["rank"], s["reasons"])
            for s in m.get("sentences", ())
        ],
        headline and Span(headline["start"], headline["end"], headline["text"]),
        [Keyphrase(k["start"], k["end"], k["text"], k["score"], k["count"]) for k in m.get("keyphrases", ())],
        m.get("focused"),
        m.get("document"),
    )


# ---- Rows ----

_AMOUNT = ("amount", "to", "currency", "number", "unit")


def _entity_rows(doc: Doc) -> List[Dict[str, Any]]:
    rows = []
    for e in doc.entities:
        amount = e.value if isinstance(e.value, Mapping) else {}
        value = e.value if isinstance(e.value, str) else None
        row = {
            "start": e.start,
            "end": e.end,
            "text": e.text,
            "type": e.type,
            "score": e.score,
            "value": value,
            "id": e.id,
        }
        rows.append({**row, **{key: amount.get(key) for key in _AMOUNT}})
    return rows


def _sentence_rows(doc: Doc) -> List[Dict[str, Any]]:
    judged = {(s.start, s.end): s for s in doc.sentiment.sentences} if doc.sentiment else {}
    rows = []
    for s in doc.sentences:
        j = judged.get((s.start, s.end))
        told = (
            {"score": j.score, "label": j.label, "confidence": j.confidence}
            if j
            else dict.fromkeys(("score", "label", "confidence"))
        )
        rows.append({"start": s.start, "end": s.end, "text": s.text, **told})
    return rows


def _token_rows(doc: Doc) -> List[Dict[str, Any]]:
    return [{"start": t.start, "end": t.end, "text": t.text} for t in doc.tokens]


def _keyphrase_rows(doc: Doc) -> List[Dict[str, Any]]:
    found = doc.summary.keyphrases if doc.summary else []
    return [{"start": k.start, "end": k.end, "text": k.text, "score": k.score, "count": k.count} for k in found]


def _document_row(doc: Doc) -> List[Dict[str, Any]]:
    sentiment, summary = doc.sentiment, doc.summary
    row = {
        "text": doc.text,
        "language": doc.language,
        "sentences": len(doc.sentences),
        "entities": len(doc.entities),
        "score": sentiment and sentiment.score,
        "label": sentiment and sentiment.label,
        "confidence": sentiment and sentiment.confidence,
        "domain": sentiment and sentiment.domain,
        "summary": summary and summary.text,
    }
    return [row]


_ROWS: Dict[str, Callable[[Doc], List[Dict[str, Any]]]] = {
    "entities": _entity_rows,
    "sentences": _sentence_rows,
    "tokens": _token_rows,
    "keyphrases": _keyphrase_rows,
    "document": _document_row,
}
