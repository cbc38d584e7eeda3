"""The page for people, in headless Chromium: what is typed, clicked, dropped and read. $TEXTD_SCREENSHOTS names a folder for pictures."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from conftest import SLOW, Daemon, plugins, wait_for
from chromium import PROGRAM, Browser, Page

pytestmark = pytest.mark.skipif(not PROGRAM, reason="Chromium isn't installed (scripts/install-packages page): the page is not looked at")

TEXT = (
    "Marta Lindqvist, who runs Calder & Voss, paid $3.2 million for the old cannery on 14 March 2025. 🎉 It was the best day of my life!\n\n"
    "The fishermen hate the terrible noise. <b id=\"evil\">Two</b> of them have sold their boats."
)
TOKEN = "it-is-a-secret-of-ours"


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def shipped():
    """A daemon with the plugins that come with it."""
    daemon = Daemon({"workers": {"count": 1}, "http": {"listen": "127.0.0.1:0"}})
    yield daemon
    daemon.clean_up()


@pytest.fixture(scope="module")
def echoing():
    """A daemon whose results the page doesn't know by their form."""
    daemon = Daemon(plugins("echo", workers=1, http={"listen": "127.0.0.1:0"}))
    yield daemon
    daemon.clean_up()


@pytest.fixture(scope="module")
def scripts(browser, shipped):
    """A page whose modules are called, and nothing else."""
    page = Page(browser, f"http://127.0.0.1:{shipped.http_port()}/")
    yield page
    assert page.complaints == []
    page.close()


@pytest.fixture
def visit(browser):
    """visit(daemon) opens the page. Whatever a test does with it: nothing is asked of anybody else, and Chromium has nothing to complain
    of, but for what the test expects."""
    pages = []

    def start(daemon, expected=(), who="", **how):
        origin = f"http://127.0.0.1:{daemon.http_port()}/"
        page = Page(browser, origin.replace("//", f"//{who}", 1), **how)
        pages.append((page, origin, expected, who))
        return page

    yield start
    for page, origin, expected, who in pages:
        page.js("1")  # what is on its way has come
        page.close()
        asked = [url.replace(f"//{who}", "//", 1) for url in page.requests]
        assert [url for url in asked if not url.startswith((origin, "blob:" + origin))] == []
        assert [c for c in page.complaints if not any(e in c for e in expected)] == []


def is_ready(page):
    page.wait("document.querySelector('#what')?.options.length > 1 && document.querySelector('#connection').dataset.state == 'good'")


def write(page, text):
    page.click("#text")
    page.js("document.querySelector('#text').select()")
    page.type(text)


def annotate(page, text=TEXT):
    """Types, clicks, and returns the reply as the page shows it."""
    write(page, text)
    page.js("document.querySelector('#result').hidden = true")
    page.click("#go")
    page.wait("!document.querySelector('#result').hidden || !document.querySelector('#problem').hidden")
    page.js("document.querySelector('#raw-box').open = true")
    page.wait("document.querySelector('#raw').textContent != ''")
    return json.loads(page.js("document.querySelector('#raw').textContent"))


def utf16(text, start, end):
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


# What stands in the text without the labels, and what each mark is.
MARKED = """(() => {
  const plain = (e) => { const copy = e.cloneNode(true); copy.querySelectorAll('.note').forEach((n) => n.remove()); return copy.textContent; };
  const root = document.querySelector('#annotated');
  const note = (e, name) => e.querySelector(`.note${name}`)?.textContent ?? '';
  return {
    text: plain(root),
    entities: [...root.querySelectorAll('mark')].map((m) => ({ text: plain(m), type: note(m, '.type'), value: m.querySelector('.value')?.textContent ?? null })),
    picked: [...root.querySelectorAll('.picked')].map(plain),
    scores: [...root.querySelectorAll('.sentence > .score')].map((s) => s.lastChild.previousSibling.textContent),
    keyphrases: [...root.querySelectorAll('.keyphrase')].map((k) => k.textContent),
    summary: [...document.querySelectorAll('.picks a')].map((a) => a.textContent),
  };
})()"""


def test_a_text_that_is_typed_is_shown_with_all_that_was_found(shipped, visit):
    page = visit(shipped)
    is_ready(page)
    page.js("document.querySelector('#options-box').open = true")
    page.click("#option-summarizer-sentences")
    page.type("2")
    reply = annotate(page)
    results, marked = reply["results"], page.js(MARKED)

    assert marked["text"] == TEXT, "labels aside it is the text"
    assert [e["text"] for e in marked["entities"]] == [utf16(TEXT, e["start"], e["end"]) for e in results["entities"]["entities"]]
    money = next(e for e in marked["entities"] if "MONEY" in e["type"])
    assert money["text"] == "$3.2 million" and money["value"] == "3,200,000 USD"
    assert any(e["text"] == "14 March 2025" and e["value"] == "2025-03-14" for e in marked["entities"])
    picks = [utf16(TEXT, s["start"], s["end"]) for s in results["summarizer"]["sentences"]]
    assert len(picks) == 2 and marked["picked"] == marked["summary"] == picks
    assert len(marked["scores"]) == len(results["sentiment"]["sentences"]) == reply["doc"]["sentences"]
    assert any(s.startswith("+") for s in marked["scores"]) and any(s.startswith("−") for s in marked["scores"])
    phrases = [k["text"] for k in results["summarizer"]["keyphrases"]]
    assert phrases and page.js("[...document.querySelectorAll('.phrases li')].map((e) => e.firstChild.textContent)") == phrases
    assert marked["keyphrases"]
    assert page.js("document.querySelector('.headline').textContent") == results["summarizer"]["headline"]["text"]
    words = f"{reply['doc']['sentences']} sentences"
    assert words in page.js("document.querySelector('.facts').textContent")
    assert page.js("document.querySelector('#said').textContent").startswith(f"Done: {words}, ")
    # What is shown in the text can be chosen.
    page.click("#show-entities")
    assert page.js("getComputedStyle(document.querySelector('#annotated .note.type')).display") == "none"
    # A sentence of the summary leads to its place.
    page.click(".picks a")
    assert page.js("document.activeElement.id") == f"picked-{results['summarizer']['sentences'][0]['start']}"


def test_who_comes_for_the_first_time_is_shown_what_it_does(shipped, visit):
    page = visit(shipped)
    is_ready(page)
    page.click("#try")
    page.wait("document.querySelectorAll('#annotated mark').length > 5")
    assert page.js("document.querySelector('#hello').hidden && document.activeElement.id == 'text'")
    assert "Marta Lindqvist" in page.js("document.querySelector('#text').value")
    assert annotate(page, "")["ok"]
    assert "The text is empty" in page.js("document.querySelector('#found').textContent")
    assert page.js("document.querySelector('#annotated, .summary')") is None


def test_times_are_written_for_people(scripts):
    page = scripts
    told = page.js("""import('/page/text.js').then(({ annotated }) => [['DATE', 'XXXX-WXX-1'], ['DATE', 'XXXX-05-12'], ['DATE', 'XXXX-03'], ['DATE', '-P2D'],
      ['DATE', 'P1Y'], ['DATE', 'P0D'], ['DATE', 'P0M'], ['DURATION', 'P9M'], ['DURATION', 'PT30M'], ['TIME', 'T18:30'], ['DATE', '2025-03-14'], ['DATE', '199'],
      ['DURATION', 'P2Y6M'], ['CODE', 'P9M']].map(([type, value]) => annotated('x', { sentences: [], entities: [{ start: 0, end: 1, type, value }], keyphrases: [] })
      .root.querySelector('.value').textContent))""")
    assert told == ["Monday", "12 May", "March", "2 days ago", "in 1 year", "today", "this month", "9 months", "30 minutes", "18:30", "2025-03-14", "199",
                    "P2Y6M", "P9M"]


def test_no_text_becomes_markup(echoing, visit, tmp_path):
    page = visit(echoing)
    is_ready(page)
    text = "<b id=\"evil\">bold</b> <script>window.evil=1</script> &amp; <img src=x onerror=\"window.evil=1\"> ]]> ${7*7}"
    annotate(page, text)
    assert page.js("document.querySelector('#evil, main script, main img')") is None and page.js("window.evil") is None
    assert page.js("document.querySelector('#annotated').textContent") == text
    assert text in page.js("document.querySelector('#found .other').textContent"), "a plugin's result, of a form that isn't known"
    evil = tmp_path / "<i id=evil>name.txt"
    evil.write_text("harmless")
    page.drop("#text", evil)
    page.wait("document.querySelector('#text').value == 'harmless'")
    assert page.js("document.querySelector('#evil')") is None
    assert evil.name in page.js("document.querySelector('#text-facts').textContent")
    # And where somebody tries all the same, the browser refuses.
    assert page.js("(() => { try { document.body.innerHTML = '<p>'; return 'taken'; } catch (e) { return e.name; } })()") == "TypeError"
    page.complaints.clear()


def test_what_a_plugin_of_ones_own_has_found_is_shown_as_it_is(echoing, visit):
    page = visit(echoing)
    is_ready(page)
    reply = annotate(page, "two words")
    keys = page.js("[...document.querySelectorAll('#found .other > .any > dt')].map((e) => e.textContent)")
    assert keys == list(reply["results"]["echo"])
    rows = page.js("[...document.querySelectorAll('#found .other tr')].map((r) => [...r.children].map((c) => c.textContent))")
    assert rows == [["start", "end", "text"], ["0", "3", "two"], ["4", "9", "words"]], "what is a list of records is a table"
    assert "two words" in page.js("document.querySelector('#found .other').textContent")


def test_a_plugin_that_fails_and_a_warning_are_told_beside_what_the_others_found(textd, visit):
    daemon = textd(plugins("echo", "fault", workers=1, http={"listen": "127.0.0.1:0"}))
    page = visit(daemon)
    is_ready(page)
    page.js("document.querySelector('#lang').value = 'jp'")
    reply = annotate(page, "FAIL now")
    told = page.js("document.querySelector('#found .problem').textContent")
    assert told == f"fault: {reply['errors']['fault']['message']} PLUGIN_FAILED"
    assert page.js("document.querySelector('#found .warning').textContent") == reply["warnings"][0]
    assert "FAIL now" in page.js("document.querySelector('#found .other').textContent")


def test_a_request_that_takes_too_long_can_be_cancelled(textd, visit):
    daemon = textd(plugins("fault", workers=1, http={"listen": "127.0.0.1:0"}))
    page = visit(daemon)
    is_ready(page)
    write(page, "SLEEP 30000")
    page.click("#go")
    page.wait("!document.querySelector('#cancel').hidden")
    control = daemon.client(endpoint=daemon.control_endpoint)
    wait_for("it is in", lambda: control.request({"id": 1, "op": "status"})["documents"] == 1)
    page.click("#cancel")
    page.wait("document.querySelector('#said').textContent == 'Cancelled.' && document.activeElement.id == 'go'")
    wait_for("it is dropped", lambda: control.request({"id": 1, "op": "status"})["documents"] == 0)
    assert page.js("document.querySelector('#cancel').hidden && document.querySelector('#problem').hidden")


def test_plugins_and_options_are_chosen_as_the_daemon_has_them(textd, visit):
    daemon = textd(plugins("echo", {"name": "second", "file": "echo"}, workers=1, http={"listen": "127.0.0.1:0"}))
    page = visit(daemon)
    is_ready(page)
    page.click("#options-box > summary")
    kinds = page.js("[...document.querySelectorAll('[data-plugin=echo] [data-type]')].map((e) => [e.id, e.dataset.type, e.tagName])")
    assert kinds == [[f"option-echo-{name}", kind, tag] for name, kind, tag in (
        ("loud", "bool", "SELECT"), ("count", "int", "INPUT"), ("share", "float", "INPUT"), ("colour", "text", "SELECT"), ("label", "text", "INPUT"))]
    count = page.js("[document.querySelector('#option-echo-count').min, document.querySelector('#option-echo-count').max,"
                    " document.querySelector('#option-echo-count-help').textContent]")
    assert count == ["1", "10", "a number whole number, 1 to 10, default 3"]
    page.js("for (const [id, value] of [['loud', 'true'], ['colour', 'blue']]) {"
            " const e = document.querySelector(`#option-echo-${id}`); e.value = value; e.dispatchEvent(new Event('input', {bubbles: true})); }")
    for option, value in (("count", "7"), ("share", "1"), ("label", "<i>")):
        page.click(f"#option-echo-{option}")
        page.type(value)
    assert page.js("document.querySelector('#options-facts').textContent") == "5 set: loud, count, share, …"
    reply = annotate(page, "a word")
    options = reply["results"]["echo"]["options"]
    assert {k: options[k] for k in ("loud", "count", "share", "colour", "label")} == {
        "loud": True, "count": 7, "share": 1.0, "colour": "blue", "label": "<i>"}
    assert reply["results"]["second"]["options"]["count"] == 3, "the other's are as they were"
    # Plugins of one's choice.
    page.js("document.querySelector('#what').value = 'plugins'; document.querySelector('#what').dispatchEvent(new Event('input', {bubbles: true}))")
    page.click("#run-echo")
    assert page.js("document.querySelector('[data-plugin=echo]').hidden")
    assert list(annotate(page, "a word")["results"]) == ["second"]
    # What the daemon refuses it refuses in its own words.
    page.click("#option-second-count")
    page.type("11")
    page.click("#go")
    page.wait("!document.querySelector('#problem').hidden")
    error = daemon.client().error("a word", plugins=["second"], options={"second": {"count": 11}})
    assert page.js("document.querySelector('#problem').textContent").startswith(f"{error['message']} {error['code']}")
    page.complaints = [c for c in page.complaints if "422" not in c]


def test_the_curl_command_does_the_same(shipped, visit):
    page = visit(shipped)
    is_ready(page)
    reply = annotate(page, f"{TEXT} It's 5 o'clock; $HOME `id` \\ \" \u2028 end.")
    command = page.js("document.querySelector('#curl').textContent")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20 * SLOW)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"] == reply["results"]
    # And can be copied.
    page.browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"], browserContextId=page.context)
    page.do("Page.bringToFront")
    page.click("[data-copy=curl]")
    page.wait("document.querySelector('#said').textContent == 'Copied.'")
    assert page.js("navigator.clipboard.readText()") == command


def test_a_file_is_dropped(shipped, visit, tmp_path):
    page = visit(shipped, expected=["400"])
    is_ready(page)
    file = tmp_path / "a file.txt"
    file.write_text(TEXT)
    page.drop("#text", file)
    page.wait(f"document.querySelector('#text').value == {json.dumps(TEXT)}")
    assert "a file.txt" in page.js("document.querySelector('#text-facts').textContent")
    # Missed by a finger, the page is still there.
    page.js("document.querySelector('#text').value = ''")
    page.drop("h1", file)
    page.wait("document.querySelector('#text').value != ''")
    # One that is no UTF-8 is sent as it is: the daemon says which byte is wrong.
    file.write_bytes(b"abc \xff def")
    page.drop("#text", file)
    page.wait("!document.querySelector('#problem').hidden")
    assert "byte 4 (0xff) INVALID_UTF8" in page.js("document.querySelector('#problem').textContent")
    # One that is too large isn't even read.
    with open(file, "wb") as large:
        large.truncate(1 << 30)
    page.drop("#text", file)
    page.wait("document.querySelector('#problem').textContent.includes('limits.document_bytes')")


def test_all_can_be_done_from_the_keyboard(shipped, visit):
    page = visit(shipped)
    is_ready(page)
    page.js("document.body.focus()")
    focused = "document.activeElement.id || document.activeElement.textContent.trim()"
    order = []
    for _ in range(12):
        page.press("Tab")
        order.append(page.js(focused))
        assert page.js("getComputedStyle(document.activeElement.closest('.file') ?? document.activeElement).outlineStyle") != "none"
    assert order == ["Skip to the text", "Metrics", "OpenAPI", "State", "text", "example", "file", "what", "Options 2 set: headline, keyphrases", "go", "try", "pause"]
    for _ in range(7):
        page.press("Tab", 8)
    assert page.js(focused) == "text"
    page.type("Marta Lindqvist paid $3 million.")
    page.press("Enter", 2)
    page.wait("document.querySelectorAll('#annotated mark').length > 0")
    assert page.js(focused) == "text", "the focus stays where it was"
    for _ in range(4):
        page.press("Tab")
    page.press("Enter")
    assert page.js("document.querySelector('#options-box').open")


def test_everything_has_a_name_for_a_screen_reader_and_nothing_chatters(shipped, visit):
    page = visit(shipped)
    is_ready(page)
    annotate(page)
    page.js("for (const d of document.querySelectorAll('details')) d.open = true")
    page.js("window.said = 0; new MutationObserver(() => said++).observe(document.querySelector('#said'), {childList: true, subtree: true, characterData: true})")
    nodes = page.do("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "textbox", "combobox", "spinbutton", "checkbox", "searchbox", "MenuListPopup", "region", "list", "table", "DisclosureTriangle", "group"}
    seen = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")]
    unnamed = [role for role, name in seen if role in roles - {"list", "MenuListPopup", "group", "table"} and not name]
    assert unnamed == []
    names = {name for role, name in seen if role in roles}
    assert {"Text", "Run", "Annotate", "Example", "Pause", "Entities", "Workers", "Plugins", "min_score"} <= names
    assert {n for role, n in seen if role == "heading"} >= {"textd", "Annotate a text", "Result", "The same with curl", "Live"}
    assert {role for role, _ in seen} >= {"main", "complementary", "status", "mark"}
    # Of several snapshots nothing is said.
    uptime = page.js("document.querySelector('#connection-words').textContent")
    page.wait(f"document.querySelector('#connection-words').textContent != {json.dumps(uptime)}")
    assert page.js("said") == 0


# The least contrast of all words that are seen, with what it is.
CONTRAST = """(() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bad = []; let n = 0;
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || e.closest('.unseen, script, noscript, option') || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(behind(e).slice(0, 3))].sort((x, y) => y - x);
    n++;
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.push([walker.currentNode.textContent.trim().slice(0, 30), e.className, ((a + 0.05) / (b + 0.05)).toFixed(2)]);
  }
  return { n, bad };
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_are_readable_by_day_and_by_night_on_wide_and_narrow_screens(shipped, visit, scheme):
    page = visit(shipped, expected=["422"], color_scheme=scheme)
    is_ready(page)
    page.screenshot(f"empty-{scheme}")
    annotate(page, page.js("document.querySelector('#example').click() || document.querySelector('#text').value"))
    page.wait("document.querySelectorAll('#events li').length > 0")
    page.js("for (const d of document.querySelectorAll('details')) d.open = true")
    colours = page.js("[...new Set([...Array(12).keys()].map((i) => { const m = document.querySelector('.annotated').appendChild(document.createElement('mark'));"
                      " m.className = `entity c${i}`; const t = m.appendChild(document.createElement('span')); t.className = 'note type'; t.textContent = 'TYPE';"
                      " return getComputedStyle(m).backgroundColor; }))].length")
    assert colours == 12
    found = page.js(CONTRAST)
    assert found["n"] > 200 and found["bad"] == []
    assert page.js("getComputedStyle(document.body).backgroundColor") == {"light": "rgb(243, 244, 247)", "dark": "rgb(16, 18, 22)"}[scheme]
    assert page.js("getComputedStyle(document.querySelector('.dot')).transitionDuration") == "0s"
    page.screenshot(f"result-{scheme}")
    for width in (700, 320):
        page.resize(width, 800)
        assert page.js("document.documentElement.scrollWidth") <= width, "nothing is beside the screen"
        page.screenshot(f"narrow-{width}-{scheme}")
    page.js("document.querySelector('#option-entities-min_score').value = 7")
    page.click("#go")
    page.wait("!document.querySelector('#problem').hidden")
    assert page.js(CONTRAST)["bad"] == []
    page.screenshot(f"refused-{scheme}")


def test_what_goes_on_is_seen_live(textd, visit):
    daemon = textd(plugins("echo", workers=1, http={"listen": "127.0.0.1:0"}))
    page = visit(daemon)
    is_ready(page)
    for _ in range(5):
        daemon.client().ask("a word")
    assert daemon.control(op="plugin.load", plugin="second", file="echo")["ok"]
    page.wait("document.querySelector('.plate').textContent.includes('5 in all')")
    latency = page.js("[...document.querySelectorAll('.pairs dt')].find((e) => e.textContent == 'Latency').nextSibling.textContent")
    assert re.fullmatch(r"p50 [\d.]+ (µs|ms), p99 [\d.]+ (µs|ms)", latency)
    memory = "[...document.querySelector('#live-body tbody tr').children].slice(-2).map((e) => e.textContent)"
    page.wait(f"{memory}.every((bytes) => /^[\\d.]+ [KM]iB$/.test(bytes))")  # the proportional share is read meanwhile
    page.wait("[...document.querySelectorAll('#events li')].some((e) => e.textContent.includes('reload.done'))")
    page.wait("document.querySelector('#said').textContent == 'Generation 2 serves.'")
    page.wait("document.querySelector('#option-second-count') !== null"), "the choices follow"
    page.wait("document.querySelector('#live-body').textContent.includes('second')")
    # Paused, nothing is asked for.
    assert daemon.control(op="log.level", level="debug")["ok"]
    page.click("#pause")
    page.wait("document.querySelector('#connection-words').textContent == 'paused'")
    daemon.wait_logged("http.request", path="/v1/live", end="gone")
    page.click("#pause")
    is_ready(page)


def test_the_page_comes_back_when_the_supervisor_dies_and_after_a_drain(textd, visit):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = plugins("echo", workers=1, http={"listen": f"127.0.0.1:{port}"})
    daemon = textd(config)
    page = visit(daemon, expected=["ERR_"])
    is_ready(page)
    os.kill(daemon.supervisor_pid, signal.SIGKILL)
    page.wait("document.querySelector('#said').textContent == 'Connected again.'")
    is_ready(page)
    assert annotate(page, "a word")["ok"]
    # Stopped, while a document is under way: said, and no more than said.
    daemon.process.terminate()
    page.wait("document.querySelector('#said').textContent == 'The connection to textd is lost.'")
    assert page.js("document.querySelector('#live-problem').textContent").startswith("textd stops; next try in")
    assert daemon.exit_code() == 0
    page.click("#go")
    page.wait("!document.querySelector('#problem').hidden")
    assert "doesn't answer" in page.js("document.querySelector('#problem').textContent")
    # Another textd at the same place, with other plugins.
    textd(plugins("echo", {"name": "second", "file": "echo"}, workers=1, http={"listen": f"127.0.0.1:{port}"}))
    page.wait("document.querySelector('#connection').dataset.state == 'good'", 30)
    page.wait("document.querySelector('#option-second-count') !== null")
    assert annotate(page, "a word")["ok"]


def test_a_page_that_is_one_listener_too_many_says_so_and_gets_in_later(textd, visit):
    daemon = textd(plugins("echo", workers=1, http={"listen": "127.0.0.1:0"}))
    others = []
    for _ in range(16):
        others.append(http.client.HTTPConnection("127.0.0.1", daemon.http_port(), timeout=10 * SLOW))
        others[-1].request("GET", "/v1/live")
        assert others[-1].getresponse().status == 200
    page = visit(daemon, expected=["429"])
    page.wait("document.querySelector('#live-problem').textContent.startsWith('16 listeners are there already')")
    assert annotate(page, "a word")["ok"], "all else works"
    for other in others:
        other.close()
    page.wait("document.querySelector('#connection').dataset.state == 'good'", 20)


@pytest.fixture
def guarded(textd, tmp_path):
    """A daemon that wants a token, and the token's file."""
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o600)
    return textd(plugins("echo", workers=1, http={"listen": "127.0.0.1:0", "token_file": str(file)})), file


def test_a_browser_that_has_asked_for_the_token_need_not_be_told_it_again(guarded, visit):
    daemon, file = guarded
    page = visit(daemon, expected=["401"], dialogs=["it-is-another-one-of-ours", TOKEN])
    is_ready(page)
    assert page.n_dialogs == 2 and page.js("document.querySelector('#token-form').hidden")
    assert annotate(page, "a word")["ok"]
    assert page.js("sessionStorage.length") == 0, "the browser keeps it"
    assert page.js("document.querySelector('#curl').textContent").count('"Authorization: Bearer $TEXTD_TOKEN"') == 1
    # Another one holds from now on: the page's own form asks, and no dialog comes over it.
    file.write_text("it-is-another-one-of-ours\n")
    assert daemon.control(op="config.reload")["ok"]
    write(page, "another word")
    page.click("#go")
    page.wait("!document.querySelector('#token-form').hidden && document.activeElement.id == 'token'")
    page.screenshot("token")
    page.type(TOKEN + "s")
    page.press("Enter")
    page.wait("document.querySelector('#token-problem').textContent.includes('needs the token')")
    page.js("document.querySelector('#token').focus()")
    page.type("it-is-another-one-of-ours")
    page.press("Enter")
    page.wait("document.querySelector('#annotated')?.textContent == 'another word'")
    assert page.n_dialogs == 2
    assert page.js("[document.querySelector('#token-form').hidden, localStorage.length, document.cookie]") == [True, 0, ""]
    assert "it-is-another" not in page.js("document.documentElement.innerHTML + location.href")
    assert not [url for url in page.requests if TOKEN in url or "it-is-another" in url]


def test_who_does_not_know_the_token_sees_nothing_of_the_page(guarded, visit):
    daemon, _ = guarded
    page = visit(daemon, expected=["401", "favicon"], dialogs=[])
    assert page.n_dialogs == 1 and "needs the token" in page.js("document.body.innerText")
    assert page.js("document.scripts.length") == 0


def test_a_link_with_the_token_in_it_opens_the_page(guarded, visit):
    daemon, _ = guarded
    page = visit(daemon, who=f"anybody:{TOKEN}@")
    is_ready(page)
    assert annotate(page, "a word")["ok"]
    assert TOKEN not in page.js("document.documentElement.innerHTML + location.href")


def test_events_are_read_however_they_are_cut(scripts):
    page = scripts
    found = page.js("""import('/page/sse.js').then(({ Blocks }) => {
      const stream = '\\uFEFF: a comment\\nretry: 250\\nretry: x\\n\\nevent: a\\r\\ndata: one\\r\\ndata:two\\r\\n\\r\\nid: 7\\rdata\\rdata:  🎉\\r\\rid: 8\\n\\nid: no\\0pe\\nnonsense: x\\ndata: last\\n\\ndata: cut off';
      const read = (sizes) => { const got = [], blocks = new Blocks((e) => got.push([e.event, e.data, e.id]), (ms) => got.push(ms));
        for (let i = 0, k = 0; i < stream.length; k++) { const n = sizes[k % sizes.length]; blocks.take(stream.slice(i, i + n)); i += n; } return JSON.stringify(got); };
      return [...new Set([[1], [2], [3], [1, 5], [1000]].map(read))];
    })""")
    assert [json.loads(f) for f in found] == [[250, ["a", "one\ntwo", ""], ["message", "\n 🎉", "7"], ["message", "last", "8"]]]


def test_many_finds_and_a_long_text_are_cut_where_a_character_ends(scripts):
    page = scripts
    n = page.js("import('/page/spans.js').then(({ sort }) => sort({ p: { entities: Array(200000).fill({ start: 0, end: 1, type: 'X' }) } }, 'ab').entities.length)")
    assert n == 200000
    for before, length in (("", 200000), ("a", 199999)):
        shown = page.js("import('/page/text.js').then(({ annotated }) => { const { root, length } = annotated("
                        f"{json.dumps(before)} + '🎉'.repeat(150000), {{ sentences: [], entities: [], keyphrases: [] }});"
                        " return [length, root.textContent.length, root.textContent.isWellFormed()]; })")
        assert shown == [length, length, True]


def test_the_files_are_kept_by_browsers_and_asked_for_each_time(shipped):
    status, headers, body = shipped.http("/")
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8" and headers["Cache-Control"] == "no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert "Access-Control-Allow-Origin" not in headers
    paths = {f"/{path}" for path in re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"#]+)"', body.decode())}
    for path in ["/", *paths, "/page/sse.js"]:
        status, headers, body = shipped.http(path)
        assert status == 200 and len(body) > 100 and headers["Content-Security-Policy"] == policy
        assert shipped.http(path, headers={"If-None-Match": headers["ETag"]})[::2] == (304, b"")
        assert shipped.http(path, headers={"If-None-Match": '"other"'})[0] == 200
        status, head, nothing = shipped.http(path, "HEAD")
        assert status == 200 and nothing == b"" and head["Content-Length"] == str(len(body))
    assert shipped.http("/page/index.html")[0] == shipped.http("/page/")[0] == shipped.http("/page/../main.js")[0] == 404
