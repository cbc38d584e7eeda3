"""/metrics tells the truth: what was done is counted exactly, nothing falls or appears late, and Prometheus can read it."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from conftest import BAD, GOOD, ROOT, SLOW, plugins, wait_for
from exposition import Scrape, Wrong, fallen, read
from test_61_reload import Load, folder, rewrite  # noqa: F401: a fixture
from test_86_pipes import ends, piped, receive_all, send  # noqa: F401: fixtures

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
PROMETHEUS = ROOT / "packaging/prometheus"
GRAFANA = ROOT / "packaging/grafana"


def http(**settings):
    return {"listen": "127.0.0.1:0", **settings}


def address(daemon):
    """Of the latest listener."""
    return wait_for("HTTP", lambda: re.findall(r"event=server.listen http=(\S+)", daemon.log()))[-1]


def get(daemon, accept="*/*"):
    request = urllib.request.Request(f"http://{address(daemon)}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10 * SLOW) as answer:
        assert answer.status == 200
        return answer.headers["Content-Type"], answer.read().decode()


def scrape(daemon):
    return Scrape(get(daemon)[1])


@pytest.fixture(scope="module")
def promtool():
    """Prometheus' own checker, or a skip that says so."""
    folder = ROOT / "build/tests/programs"  # one for all builds
    words = subprocess.run([ROOT / "tests/packages", "promtool", folder], capture_output=True, text=True, timeout=300).stdout
    if not (folder / "promtool").exists():
        pytest.skip(words.strip())

    def run(*args, text=""):
        done = subprocess.run([folder / "promtool", *map(str, args)], input=text, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def idle_text():
    """What a daemon says that has done nothing yet."""
    from conftest import Daemon

    daemon = Daemon(plugins("fault", "echo", pipelines=[{"name": "news", "plugins": ["echo"]}], http=http()))
    try:
        yield get(daemon)[1]
    finally:
        daemon.clean_up()


# ---- The checks themselves

def test_promtool_finds_nothing_wrong(idle_text, promtool):
    assert promtool("check", "metrics", text=idle_text) == (0, "")
    assert promtool("check", "metrics", text=idle_text.replace("_total", "_sum"))[0] != 0, "it would, if there were something"


def test_our_own_check_finds_nothing_wrong(idle_text):
    assert len(read(idle_text)) > 40


GOOD_TEXT = """# HELP a_total A.
# TYPE a_total counter
a_total{code="OK"} 3
a_total{code="x\\"y"} 0
# HELP b_seconds B.
# TYPE b_seconds histogram
b_seconds_bucket{le="0.5"} 1
b_seconds_bucket{le="1.0"} 2
b_seconds_bucket{le="+Inf"} 2
b_seconds_sum 1.25
b_seconds_count 2
"""


@pytest.mark.parametrize("old, new, words", [
    (GOOD_TEXT, "", "empty body"),
    (GOOD_TEXT, "\n", "empty body"),
    ("_count 2\n", "_count 2", "doesn't end"),
    ("a_total{code=\"OK\"} 3\n", "a_total{code=\"OK\"} 3\n\n", "blank line"),
    ('{code="x\\"y"} 0', '{code="OK"} 4', "series twice"),
    ('le="1.0"} 2', 'le="1.0"} 0', "falling buckets"),
    ('le="+Inf"} 2', 'le="+Inf"} 3', "+Inf is 3"),
    ("b_seconds_sum 1.25\n", "", "no _sum"),
    ("b_seconds_count 2\n", "", "no _count"),
    ('b_seconds_bucket{le="+Inf"} 2\n', "", "no bucket +Inf"),
    ('le="0.5"', 'le="1.5"', "out of order"),
    ("1.25", "0.4", "less than its buckets"),
    ("1.25", "0", "a sum of 0"),
    ("# HELP b_seconds B.\n", '# HELP a_total A.\n# TYPE a_total counter\n', "family in two places"),
    ("# TYPE b_seconds histogram\n", "", "before HELP and TYPE"),
    ("b_seconds_count 2\n", "b_seconds_count 2\na_total 1\n", "another family"),
    ("# TYPE a_total counter", "# TYPE a_total gauge", "is a gauge"),
    ("} 3", "} NaN", "is nan"),
    ("} 3", "} -3", "is -3"),
    ("} 3", "} three", "no number"),
    ('{code="OK"}', '{code="O"K"}', "labels that can't be read"),
    ('{code="OK"}', '{code="OK",}', "a comma"),
    ('{code="OK"}', '{code="OK",code="KO"}', "a label twice"),
    ('{code="OK"}', '{other="OK"}', "different labels"),
])
def test_our_own_check_finds_what_promtool_lets_through(old, new, words):
    read(GOOD_TEXT)
    assert GOOD_TEXT.count(old) == 1 or old == "} 3"
    with pytest.raises(Wrong, match=re.escape(words)):
        read(GOOD_TEXT.replace(old, new, 1))


# ---- The two texts

def test_openmetrics_is_another_text_with_the_same_numbers(textd):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    daemon = textd(plugins("fault", http=http()))
    client = daemon.client()
    for text in ("abc", "FAIL", "CRASH"):
        client.ask(text)
    wait_for("the new worker", lambda: scrape(daemon)("textd_workers", state="ready") == 2)
    kind, text = get(daemon)
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    kind, other = get(daemon, OPENMETRICS)
    assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert other.endswith("\n# EOF\n") and "\n\n" not in other and other.count("# EOF") == 1
    families = {family.name: family for family in text_string_to_metric_families(other)}
    assert families["textd_requests"].type == "counter" and families["textd_build"].type == "info"
    assert families["textd_request_duration_seconds"].unit == "seconds" and families["textd_queue_bytes"].unit == "bytes"
    moves = re.compile("textd_http_|process_|textd_workers_(resident|proportional)_bytes|textd_unread_bytes")
    have = {(s.name, frozenset(s.labels.items())): s.value for family in families.values() for s in family.samples}
    want = {(name, frozenset(labels)): value for (name, labels), value in Scrape(text).samples().items()}
    assert have.keys() == want.keys()
    assert {k: v for k, v in have.items() if not moves.match(k[0])} == {k: v for k, v in want.items() if not moves.match(k[0])}


@pytest.mark.parametrize("accept, is_open", [
    ("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", True),  # Prometheus 2.42
    ("text/plain", False), ("*/*", False), ("application/json", False),
    ("text/plain;q=0.9,application/openmetrics-text;q=0.8", False), ("text/plain;q=0.8,application/openmetrics-text;q=0.9", True),
])
def test_each_is_given_what_it_asks_for(idle_daemon, accept, is_open):
    kind, text = get(idle_daemon, accept)
    assert kind.startswith("application/openmetrics-text" if is_open else "text/plain")
    assert text.endswith("# EOF\n") == is_open


@pytest.fixture(scope="module")
def idle_daemon():
    from conftest import Daemon

    daemon = Daemon(plugins("fault", http=http(probes="127.0.0.1:0")))
    try:
        yield daemon
    finally:
        daemon.clean_up()


def test_the_probes_listener_has_them_too(idle_daemon):
    [probes] = re.findall(r"event=server.listen probes=(\S+)", idle_daemon.log())
    with urllib.request.urlopen(f"http://{probes}/metrics", timeout=10 * SLOW) as answer:
        assert len(read(answer.read().decode())) > 40


def test_it_answers_while_the_first_generation_is_made(textd):
    daemon = textd(plugins("create_slow", directory=BAD / "create_slow", http=http(), workers={"count": 1, "start_timeout": "300s"}),
                   wait=False)
    now = scrape(daemon)
    assert now("textd_state", state="starting") == 1 == now("textd_state") and now("textd_ready") == now("textd_generation") == 0
    assert now("textd_listening") == 0 and now("textd_workers", state="ready") == 0


# ---- The numbers

def test_every_series_is_there_before_anything_happens(textd):
    daemon = textd(plugins("fault", "echo", pipelines=[{"name": "news", "plugins": ["echo"]}], http=http()))
    client = daemon.client()
    first = scrape(daemon)
    assert all(value == 0 for (name, labels), value in first.counters().items()
               if not name.startswith(("process_", "textd_http_", "textd_messages_", "textd_received_"))), "and they are 0"
    for keys in ({}, {"pipeline": "news"}, {"plugins": ["echo"]}, {"pipeline": "nothing"}):
        for text in ("abc", "FAIL", "CRASH"):
            client.ask(text, **keys)
    daemon.control(op="plugin.disable", plugin="echo")
    client.ask("abc")
    daemon.control(op="config.reload")
    last = scrape(daemon)
    stateful = re.compile("textd_plugin_info")
    assert {k for k in last.samples() if not stateful.match(k[0])} == {k for k in first.samples() if not stateful.match(k[0])}


class Work:
    """A client that knows what the counters should say of what it did."""

    def __init__(self, daemon):
        self.client = daemon.client()
        self.outcomes, self.lengths = {}, []  # (pipeline, code) -> how many; of accepted documents

    def note(self, pipeline, code, length=None, times=1):
        self.outcomes[pipeline, code] = self.outcomes.get((pipeline, code), 0) + times
        self.lengths += [length] * times if length is not None else []

    def ask(self, code, times, text, label="default", is_accepted=True, **keys):
        for _ in range(times):
            reply = self.client.ask(text, **keys)
            assert ("OK" if reply["ok"] else reply["error"]["code"]) == code, reply
        self.note(label, code, len(text) if is_accepted else None, times)

    def refused(self, code, *frames):
        assert self.client.request(*frames)["error"]["code"] == code
        self.note("(none)", code)


def test_known_work_is_counted_exactly(textd):
    """Some of each code, and every figure that follows from that."""
    daemon = textd(plugins({"name": "fault", "timeout": f"{300 * SLOW}ms"}, "echo", workers=1, http=http(),
                           pipelines=[{"name": "news", "plugins": ["echo"]}, {"name": "bad", "plugins": ["fault"]}],
                           limits={"document_bytes": "1KiB", "kill_grace": "20s"}, client={"documents": 20}))
    work = Work(daemon)
    work.ask("OK", 7, "abc")
    work.ask("OK", 5, "a" * 65, "news", pipeline="news")
    work.ask("OK", 3, "x", "(plugins)", plugins=["echo", "fault"])
    work.ask("OK", 2, "FAIL")  # echo has a result
    work.ask("PLUGIN_FAILED", 2, "FAIL", "bad", pipeline="bad")
    work.ask("PLUGIN_CRASHED", 3, "CRASH", "bad", pipeline="bad")
    work.ask("PLUGIN_TIMEOUT", 1, "HANG", "bad", pipeline="bad")
    work.ask("DEADLINE_EXCEEDED", 1, "SPIN", "bad", pipeline="bad", deadline_ms=20)
    work.ask("UNKNOWN_PIPELINE", 4, "abc", "(none)", is_accepted=False, pipeline="nothing")
    work.ask("UNKNOWN_PLUGIN", 2, "abc", "(plugins)", is_accepted=False, plugins=["nothing"])
    work.ask("BAD_OPTION", 2, "abc", "news", is_accepted=False, pipeline="news", options={"echo": {"nothing": 1}})
    work.refused("BAD_REQUEST", b"\xc1")
    work.refused("BAD_REQUEST", {"op": "cancel", "id": "none"})
    work.refused("UNSUPPORTED_VERSION", {"v": 7, "id": 1, "text": "a"})
    work.refused("TOO_LARGE", {"id": 1, "text": "a" * 1025})
    assert work.client.request({"id": 1}, b"\xff\xfe")["error"]["code"] == "INVALID_UTF8"
    work.note("default", "INVALID_UTF8", 2)
    assert work.client.request({"op": "ping"})["ok"]  # is no document

    busy = work.client.annotate("SPIN", pipeline="bad", deadline_ms=100 * SLOW)
    line = [work.client.annotate("abc") for _ in range(25)]
    work.client.send({"op": "cancel", "id": line[18]})  # the last that got in: it is not with the worker yet
    replies = work.client.receive_all([busy, *line])
    codes = [reply["error"]["code"] if not reply["ok"] else "OK" for reply in replies.values()]
    assert sorted(codes) == ["CANCELLED", "DEADLINE_EXCEEDED"] + 18 * ["OK"] + 6 * ["OVERLOADED"]
    work.note("bad", "DEADLINE_EXCEEDED", 4)
    work.note("default", "CANCELLED", 3)
    work.note("default", "OK", 3, 18)
    work.note("default", "OVERLOADED", None, 6)

    now = scrape(daemon)
    for (name, labels), value in now.samples().items():
        if name == "textd_requests_total":
            labels = dict(labels)
            assert value == work.outcomes.get((labels["pipeline"], labels["code"]), 0), labels
    n = len(work.lengths)
    assert now("textd_request_duration_seconds_count") == now("textd_queue_duration_seconds_count") == n
    assert now("textd_request_duration_seconds_sum") >= now("textd_queue_duration_seconds_sum")
    assert now("textd_request_duration_seconds_count", pipeline="bad") == 2 + 3 + 1 + 2
    assert now("textd_document_bytes_count") == n and now("textd_document_bytes_sum") == sum(work.lengths)
    assert now("textd_document_bytes_bucket", le="64.0") == n - 5
    assert now("textd_shed_total", reason="client_documents") == 6 == now("textd_shed_total")
    # Of the plugins: echo ran for each document of `default`, `news` and its list but what was cancelled or no UTF-8.
    assert now("textd_plugin_duration_seconds_count", plugin="echo") == 7 + 5 + 3 + 2 + 18
    assert now("textd_plugin_failures_total", plugin="echo") == 0
    assert now("textd_plugin_failures_total", plugin="fault", code="PLUGIN_FAILED") == 4
    assert now("textd_plugin_failures_total", plugin="fault", code="PLUGIN_CRASHED") == 3
    assert now("textd_plugin_failures_total", plugin="fault", code="PLUGIN_TIMEOUT") == 1
    # Those that returned, not crashes nor the hang; and the two whose deadline passed, if that was not while they waited.
    assert now("textd_plugin_duration_seconds_count", plugin="fault") - (7 + 3 + 4 + 18) in (0, 1, 2)
    assert now("textd_worker_exits_total", reason="signal") == 3 and now("textd_worker_exits_total", reason="timeout") == 1
    assert now("textd_worker_exits_total") == 4
    assert now("textd_inflight_documents") == now("textd_queue_documents") == now("textd_queue_bytes") == 0


def test_what_comes_over_http_is_counted_as_any_other(textd):
    """Also what never becomes a document: each request to annotate is there once, with the code that its answer had."""
    daemon = textd(plugins("fault", "echo", http=http(), limits={"document_bytes": "1KiB"}))
    told = []
    for kind, body, query in [("text/plain", "abc", ""), ("text/plain", "FAIL", "?plugins=fault"), ("application/json", '{"text": "abc"}', ""),
                              ("application/json", '{"text": "abc", "pipeline": "none"}', ""), ("application/json", '{"text": ', ""),
                              ("text/plain", "a" * 1025, ""), ("text/html", "abc", ""), ("text/plain", "abc", "?order=any")]:
        _, _, answer = daemon.http("/v1/annotate" + query, "POST", body.encode(), {"Content-Type": kind})
        answer = json.loads(answer)
        told.append(("(plugins)" if "plugins" in query else "default" if answer["ok"] else "(none)", "OK" if answer["ok"] else answer["error"]["code"]))
    _, _, batch = daemon.http("/v1/annotate", "POST", b'{"text": "abc"}\n{"text": 7}\n{]\n', {"Content-Type": "application/x-ndjson"})
    told += [("default" if a["ok"] else "(none)", "OK" if a["ok"] else a["error"]["code"]) for a in map(json.loads, batch.splitlines())]
    assert len(told) == 11 and len(set(told)) == 5, told
    now = scrape(daemon)
    for labels in set(told):
        assert now("textd_requests_total", pipeline=labels[0], code=labels[1]) == told.count(labels), labels
    assert now("textd_requests_total") == len(told) and now("textd_document_bytes_count") == 4
    assert now("textd_http_requests_total", path="/v1/annotate") == 9


def test_slow_documents_are_counted_also_those_that_no_line_tells(textd):
    daemon = textd(plugins("fault", "echo", http=http(), log={"slow": "1us"}))
    client = daemon.client()
    client.receive_all([client.annotate("FAIL" if i % 2 else "x", plugins=["fault"]) for i in range(200)])
    wait_for("all", lambda: scrape(daemon)("textd_request_duration_seconds_count") == 200)
    assert scrape(daemon)("textd_slow_documents_total") == 200 > len(daemon.logged("doc.slow"))


def test_a_document_whose_client_has_gone_is_counted_as_such(textd):
    daemon = textd(plugins("fault", workers=1, http=http()))
    client, other = daemon.client(), daemon.client()
    ids = [client.annotate(f"SLEEP {20 * SLOW}") for _ in range(30)]  # a window's full of them is with the worker
    wait_for("all of them", lambda: scrape(daemon)("textd_document_bytes_count") == len(ids))
    client.close()
    assert other.ask("abc")["ok"]
    wait_for("the last", lambda: scrape(daemon)("textd_request_duration_seconds_count") == len(ids) + 1)
    now = scrape(daemon)
    assert now("textd_requests_total") == len(ids) + 1
    gone, dropped = now("textd_requests_total", code="GONE"), now("textd_replies_dropped_total", reason="gone")
    assert gone >= 1 and dropped >= 1


@pytest.mark.parametrize("reason, break_it", [
    ("killed", lambda d, c: os.kill(d.worker_pids()[0], signal.SIGKILL)),
    ("signal", lambda d, c: os.kill(d.worker_pids()[0], signal.SIGSEGV)),
    ("signal", lambda d, c: c.ask("ABORT")),
    ("exit", lambda d, c: c.ask("EXIT 3")),
    ("exit", lambda d, c: c.ask("EXIT 0")),
    ("asked", lambda d, c: d.control(op="worker.restart")),
    ("unwanted", lambda d, c: c.ask("HANG", deadline_ms=30)),
])
def test_a_worker_that_ends_is_counted_by_the_reason(textd, reason, break_it):
    daemon = textd(plugins("fault", workers=1, http=http(), limits={"kill_grace": "20ms"}))
    assert scrape(daemon)("textd_worker_exits_total") == 0
    break_it(daemon, daemon.client())
    now = wait_for("its end", lambda: (s := scrape(daemon))("textd_worker_exits_total") and s)
    assert now("textd_worker_exits_total", reason=reason) == 1 == now("textd_worker_exits_total")
    wait_for("the next", lambda: scrape(daemon)("textd_workers", state="ready") == 1)


def test_a_plugin_that_is_left_out_is_counted_and_shown(textd):
    daemon = textd(plugins("fault", "echo", http=http()))
    client = daemon.client()
    daemon.control(op="plugin.disable", plugin="fault")
    for _ in range(3):
        assert client.ask("abc")["errors"]["fault"]["code"] == "PLUGIN_FAILED"
    now = scrape(daemon)
    assert now("textd_plugin_skipped_total", plugin="fault") == 3 and now("textd_plugin_skipped_total", plugin="echo") == 0
    assert now("textd_plugin_info", plugin="fault", state="disabled") == 1 == now("textd_plugin_info", plugin="fault")
    assert now("textd_plugin_failures_total", plugin="fault", code="PLUGIN_FAILED") == 0


def test_reloads_are_counted_by_result(textd):
    daemon = textd(plugins("echo", http=http()))
    before = scrape(daemon)
    assert before("textd_last_reload_successful") == 1 and before("textd_generation") == 1
    assert abs(before("textd_last_reload_success_timestamp_seconds") - time.time()) < 60 * SLOW
    assert daemon.control(op="config.reload")["ok"]
    assert not daemon.control(op="plugin.load", plugin="nothing")["ok"]
    after = scrape(daemon)
    assert after("textd_reloads_total", result="success") == 1 == after("textd_reloads_total", result="failure")
    assert after("textd_generation") == 2 and after("textd_last_reload_successful") == 0
    last = "textd_last_reload_success_timestamp_seconds"
    assert before(last) < after(last) <= time.time() + 1
    assert daemon.control(op="config.reload")["ok"]
    assert scrape(daemon)("textd_last_reload_successful") == 1


def test_what_is_pulled_and_pushed_is_counted(piped):
    daemon, ventilator, sink = piped(http=http())
    assert scrape(daemon)("textd_pipe_taken_total") == 0
    for i in range(20):
        send(ventilator, id=i, text="abc", **({"pipeline": "nothing"} if i < 3 else {}))
    receive_all(sink, 20)
    now = wait_for("all to be counted", lambda: (s := scrape(daemon))("textd_pipe_delivered_total") == 20 and s)
    assert now("textd_pipe_taken_total") == 20 and now("textd_pipe_failed_total") == 3 and now("textd_pipe_lost_total") == 0
    assert now("textd_pipe_inflight_documents") == 0 and now("textd_pipe_state", state="pulling") == 1 == now("textd_pipe_state")
    assert now("textd_requests_total", code="OK") == 17 and now("textd_requests_total", code="UNKNOWN_PIPELINE") == 3


class Watched:
    """Scrapes while the block runs; no counter may fall."""

    def __init__(self, daemon):
        self.daemon, self.last = daemon, scrape(daemon)

    def look(self):
        now = scrape(self.daemon)
        assert not fallen(self.last, now)
        self.last = now
        return now


def test_nothing_falls_or_is_lost_over_reloads_canaries_and_deaths(textd, folder):
    daemon = textd({"plugin_dirs": [str(folder)], "plugins": [{"name": "echo"}], "suspend": {"deaths": 0}, "http": http(),
                    "canary": {"percent": 50, "documents": 40, "time": "20s"}, "workers": {"count": 2}})
    watched = Watched(daemon)
    with Load(daemon) as load:
        for n in range(4):
            wait_for("documents", lambda: (watched.look(), load.answered > 100 * n)[1])
            control = daemon.client(endpoint=daemon.control_endpoint)
            control.send({"id": 1, "op": "plugin.load" if n % 2 == 0 else "plugin.unload", "plugin": "fault"})
            for pid in daemon.worker_pids()[:1]:
                os.kill(pid, signal.SIGKILL)
            while not control.socket.poll(0):
                watched.look()
            assert control.receive()["ok"]
            shutil.copy(GOOD / "echo.so", folder / "echo.so.new")
            os.rename(folder / "echo.so.new", folder / "echo.so")
    now = wait_for("the old generations", lambda: (s := watched.look())("textd_workers", state="ready") == 2
                   and s("textd_workers", state="leaving") + s("textd_workers", state="finishing") == 0 and s)
    n = load.answered
    assert not load.wrong and n > 300
    assert now("textd_requests_total", code="OK") == n == now("textd_requests_total")
    assert now("textd_request_duration_seconds_count") == now("textd_queue_duration_seconds_count") == n
    # A call that its worker was killed in didn't return, or its document was run again after it had.
    assert n <= now("textd_plugin_duration_seconds_count", plugin="echo") <= n + 4
    assert now("textd_reloads_total", result="success") == 4
    assert now("textd_worker_exits_total", reason="killed") == 4 and now("textd_worker_exits_total", reason="asked") >= 6


def test_what_is_dropped_by_a_reload_vanishes_and_comes_back_where_it_was(textd):
    daemon = textd(plugins("fault", "echo", http=http(), pipelines=[{"name": "news", "plugins": ["echo"]}]))
    client = daemon.client()
    watched = Watched(daemon)
    for _ in range(3):
        client.ask("abc", pipeline="news")
    client.ask("abc")
    rewrite(daemon, plugins=[{"name": "fault"}], pipelines=[])
    assert daemon.control(op="config.reload")["ok"]
    now = watched.look()
    assert now.values("textd_requests_total", "pipeline") == {"default", "(plugins)", "(none)"}
    assert now.values("textd_plugin_duration_seconds_count", "plugin") == {"fault"}
    rewrite(daemon, plugins=[{"name": "fault"}, {"name": "echo"}], pipelines=[{"name": "news", "plugins": ["echo"]}])
    assert daemon.control(op="config.reload")["ok"]
    client.ask("abc", pipeline="news")
    now = watched.look()
    assert now("textd_requests_total", pipeline="news", code="OK") == 4
    assert now("textd_plugin_duration_seconds_count", plugin="echo") == 5


def test_a_supervisor_that_is_started_again_begins_at_0_and_says_so(textd):
    daemon = textd(plugins("echo", http=http()))
    client = daemon.client()
    client.ask("abc")
    first = scrape(daemon)
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    daemon.wait_logged("server.restarted")
    now = wait_for("it", lambda: scrape(daemon))
    assert now("textd_supervisor_restarts_total") == 1 and now("textd_requests_total") == 0
    assert now("process_start_time_seconds") > first("process_start_time_seconds"), "by which Prometheus knows"


# ---- The page, the rules and the dashboard

def series_of(text):
    """Names in an expression of PromQL that are ours, or a process'."""
    return set(re.findall(r"\b(?:textd|process)_[a-z0-9_]+", text))


def test_the_page_lists_what_there_is(idle_text):
    """docs/metrics.md has a line for each family: name, type, labels (with their values where these are a closed set), meaning."""
    page = (ROOT / "docs/metrics.md").read_text()
    listed = {}
    for line in page.splitlines():
        row = re.match(r"\| `((?:textd|process)_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", line)
        if row:
            assert row[1] not in listed, f"{row[1]} twice"
            listed[row[1]] = row.groups()[1:]
    families = Scrape(idle_text).families
    assert listed.keys() == families.keys()
    for name, family in families.items():
        kind, labels, meaning = listed[name]
        assert (kind, meaning) == (family.type, family.help), name
        documented = {label: set(re.findall(r"`([^`]+)`", values)) for label, values in re.findall(r"`(\w+)`(?: \(([^)]*)\))?", labels)}
        found = {}
        for (_, have) in family.samples:
            for label, value in have:
                if label != "le":
                    found.setdefault(label, set()).add(value)
        assert documented.keys() == found.keys(), name
        for label, values in documented.items():
            assert not values or values == found[label], (name, label)


def test_the_rules_are_sound(promtool):
    assert promtool("check", "rules", PROMETHEUS / "textd.rules.yaml")[0] == 0
    code, words = promtool("test", "rules", PROMETHEUS / "textd.rules.test.yaml")
    assert code == 0, words


def rules():
    """Name -> expression; promtool has checked the file's form."""
    found = re.findall(r"- alert: (\w+)\n\s+expr: (?:\|\n)?(.*?)\n\s+(?:for|labels):", (PROMETHEUS / "textd.rules.yaml").read_text(), re.S)
    assert len(found) > 8
    return dict(found)


def test_each_rule_is_tested_firing_and_silent():
    tests = (PROMETHEUS / "textd.rules.test.yaml").read_text()
    for name in rules():
        cases = re.findall(rf"alertname: {name}\n\s+exp_alerts:(.*)", tests)  # nothing: on the lines that follow
        assert any("[]" in case for case in cases) and any("[]" not in case for case in cases), name


def test_rules_and_dashboard_ask_for_what_there_is(idle_text):
    names = {name for name, _ in Scrape(idle_text).samples()}
    for name, expression in rules().items():
        assert series_of(expression) <= names and (series_of(expression) or "up{" in expression), name
    dashboard = json.loads((GRAFANA / "textd.json").read_text())
    panels = [p for p in dashboard["panels"] if p["type"] != "row"]
    asked = [v["definition"] for v in dashboard["templating"]["list"] if "definition" in v]
    assert all(series_of(text) <= names for text in [*asked, *(a["expr"] for a in dashboard["annotations"]["list"])])
    assert len({p["id"] for p in dashboard["panels"]}) == len(dashboard["panels"]) and len(panels) > 12
    taken = set()
    for panel in panels:
        assert panel["title"] and panel["targets"], panel["title"]
        for target in panel["targets"]:
            used = series_of(target["expr"])
            assert used and used <= names, (panel["title"], used - names)
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells


def test_the_dashboards_expressions_are_promql(promtool, tmp_path):
    """promtool reads expressions in rules; Grafana's variables are replaced by what they stand for."""
    dashboard = json.loads((GRAFANA / "textd.json").read_text())
    expressions = [t["expr"] for p in dashboard["panels"] for t in p.get("targets", [])]
    expressions += [a["expr"] for a in dashboard["annotations"]["list"]]
    lines = ["groups:", "- name: dashboard", "  rules:"]
    for n, expression in enumerate(expressions):
        plain = expression.replace("$__rate_interval", "5m").replace("$instance", ".*").replace("$job", ".*")
        assert "$" not in plain
        lines += [f"  - record: dashboard:{n}", f"    expr: {json.dumps(plain)}"]
    (tmp_path / "rules.yaml").write_text("\n".join(lines) + "\n")
    code, words = promtool("check", "rules", tmp_path / "rules.yaml")
    assert code == 0, words
