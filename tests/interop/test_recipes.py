"""The programs of docs/examples/clients: each annotates a text by the real daemon, says so in time when there is none, hands on a
refusal, and sends again what was lost. `make interop` installs the languages and runs this; it is no part of `make test`, since
they are 900 MB on disk."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs/examples/clients"
JARS = "/usr/share/java/jeromq.jar:/usr/share/java/msgpack-core.jar"

sys.path.insert(0, str(ROOT / "tests/clients"))
import fake  # noqa: E402
from world import harness  # noqa: E402

textd = harness.textd

# How each is built, if it is, and run. {} is the recipes' folder, {built} one for what is built.
LANGUAGES = {
    "c++": (["c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", "{built}/cpp", "{}/annotate.cpp", "-lzmq"], ["{built}/cpp"]),
    "go": (["go", "build", "-o", "{built}/go", "{}/annotate.go"], ["{built}/go"]),
    "java": (["javac", "-Xlint:all", "-Werror", "-cp", JARS, "-d", "{built}", "{}/Annotate.java"], ["java", "-cp", f"{JARS}:{{built}}", "Annotate"]),
    "perl": (None, ["perl", "{}/annotate.pl"]),
    "php": (None, ["php", "{}/annotate.php"]),
    "ruby": (None, ["ruby", "{}/annotate.rb"]),
}
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}

TEXT = "👋 Zoë Müller paid $3 million to Acme Corp. in Zürich. 🎉 Great news!"
FOUND = "PERSON Zoë Müller\nMONEY $3 million\nORG Acme Corp.\nLOC Zürich\nsentiment positive "
START = 2.0  # what an interpreter takes to start, and more


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return tmp_path_factory.mktemp("built")


@pytest.fixture(params=LANGUAGES)
def recipe(request, built):
    """recipe(endpoint, text) starts the program in this language."""
    def filled(command):
        return [word.replace("{built}", str(built)).replace("{}", str(RECIPES)) for word in command]

    build, command = LANGUAGES[request.param]
    env = harness.environment(**ENVIRONMENT, GOCACHE=str(built / "cache"), HOME=str(built))
    done = built / f"{request.param}.done"
    if build and not done.exists():
        compiler = subprocess.run(filled(build), env=env, capture_output=True, text=True, timeout=120)
        assert compiler.returncode == 0, compiler.stderr
        done.touch()

    def start(endpoint, text=TEXT):
        return subprocess.Popen([*filled(command), text], env={**env, "TEXTD_ENDPOINT": endpoint}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    start.language = request.param
    return start


def free_port():
    return f"tcp://127.0.0.1:{fake.free_port()}"


def end_of(process, within):
    began = time.monotonic()
    try:
        out, words = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"it still runs after {within} s: {process.communicate()}")
    return process.returncode, out, words, time.monotonic() - began


@pytest.fixture
def daemon(textd):
    daemon = textd({"endpoints": ["tcp://127.0.0.1:*"]}, wait=False)
    harness.wait_for("its port", lambda: re.search(r"tcp://127\.0\.0\.1:\d+", daemon.log()) or daemon.process.poll() is not None)
    daemon.endpoint = re.search(r"tcp://127\.0\.0\.1:\d+", daemon.log()).group()
    daemon.wait_until_it_answers()
    return daemon


def test_it_annotates(recipe, daemon):
    code, out, words, seconds = end_of(recipe(daemon.endpoint), 10)
    assert (code, words) == (0, "")
    assert re.fullmatch(re.escape(FOUND) + r"\d\.\d\d\n", out)
    print(f"\n{recipe.language}: {seconds:.2f} s from start to end")


def test_it_annotates_over_ipc(recipe, textd):
    daemon = textd()
    code, out, words, _ = end_of(recipe(daemon.endpoint), 10)
    if recipe.language == "java":  # jeromq's ipc is none, so the recipe refuses it
        assert code == 64 and "tcp://" in words
    else:
        assert (code, words) == (0, "") and out.startswith(FOUND)


def test_a_daemon_that_is_not_there_is_told_in_time(recipe):
    endpoint = free_port()
    code, out, words, seconds = end_of(recipe(endpoint), 10)
    assert (code, out) == (69, "") and endpoint in words and "is it running?" in words, (code, words)
    assert 1.5 < seconds < 2 + START


def test_a_listener_that_says_nothing_is_told_in_time(recipe):
    other = fake.Program(b"", closes=False)
    try:
        code, out, words, seconds = end_of(recipe(other.endpoint), 10)
    finally:
        other.stop()
    assert (code, out) == (69, "") and other.endpoint in words and seconds < 2 + START


def test_a_refusal_is_handed_on(recipe):
    server = fake.Server(free_port(), lambda request: [fake.failed(request, "TOO_LARGE", "it is too large")])
    try:
        code, out, words, _ = end_of(recipe(server.endpoint), 10)
    finally:
        server.stop()
    assert (code, out) == (1, "") and "TOO_LARGE: it is too large" in words


def answer(request):
    entities = [{"start": 0, "end": 4, "type": "ORG", "text": "Acme", "score": 0.5}]
    return fake.ok(request, {"entities": {"entities": entities}, "sentiment": {"score": 0.5, "label": "positive", "confidence": 0.5, "domain": "news"}})


def test_what_was_lost_is_sent_once_more(recipe):
    """A reply to nobody comes, and a reply too few; the second time all is well."""
    server = fake.Server(free_port(), lambda request: [fake.ok({"id": 99})] if len(server.seen) == 1 else [fake.ok({"id": 98}), answer(request)])
    try:
        code, out, words, seconds = end_of(recipe(server.endpoint, "Acme"), 12)
    finally:
        server.stop()
    assert (code, out, words) == (0, "ORG Acme\nsentiment positive 0.50\n", "")
    assert len(server.seen) == 2 and server.seen[0] == server.seen[1], "the same request, under its id"
    assert seconds < 4 + START


def test_who_never_answers_is_given_up(recipe):
    server = fake.Server(free_port(), lambda request: [])
    try:
        code, out, words, seconds = end_of(recipe(server.endpoint), 15)
    finally:
        server.stop()
    assert (code, out, len(server.seen)) == (75, "", 2) and server.endpoint in words, words
    assert seconds < 8 + START
