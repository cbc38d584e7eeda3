"""Many texts: order, errors, memory, leaving early, taking back."""

import gc
import queue
import resource
import time

import pytest
import textd
from conftest import documents_in, in_thread, wait_for


def texts(n):
    return ("x" * (i % 97 + 1) for i in range(n))


def test_results_come_in_order_and_once(calm_fault):
    with calm_fault.client() as c:
        found = [(doc.index, doc.results["fault"]) for doc in c.annotate_many(texts(3000))]
    assert found == [(i, i % 97 + 1) for i in range(3000)]


def test_unordered_results_come_when_they_are_ready(calm_fault):
    with calm_fault.client() as c:
        found = [doc.index for doc in c.annotate_many(["SLEEP 300", "a", "b", "c"], ordered=False)]
    assert found.index(1) < found.index(0) and sorted(found) == [0, 1, 2, 3]


def test_errors_are_raised_with_their_place(calm_fault):
    with calm_fault.client() as c:
        found = []
        with pytest.raises(textd.PluginCrashed) as e:
            for doc in c.annotate_many(["a", "bb", "CRASH", "ccc"]):
                found.append(doc.index)
    assert e.value.index == 2 and found == [0, 1]


@pytest.mark.parametrize("ordered", [True, False])
def test_errors_come_in_the_documents_place(calm_fault, ordered):
    with calm_fault.client() as c:
        batch = ["a", "CRASH", "\ud800", None, {"text": "bb"}, {"txt": "b"}, {"text": "x", "deadline": -1}, "ccc"]
        found = sorted(c.annotate_many(batch, errors="return", ordered=ordered), key=lambda r: r.index)
    kinds = [textd.Doc, textd.PluginCrashed, textd.InvalidArgument, textd.InvalidArgument, textd.Doc, textd.InvalidArgument, textd.InvalidArgument, textd.Doc]
    assert [type(f) for f in found] == kinds


def test_a_document_may_say_more_than_its_text(textd_client):
    batch = [{"text": "I love it.", "plugins": ["sentiment"], "meta": 7}, "Hi.", {"text": "Acme Corp. left.", "offsets": "byte", "id": "x"}]
    love, hi, acme = textd_client.annotate_many(batch, plugins=["segmenter"])
    assert (set(love.results), love.meta, set(hi.results), acme.id, acme.offsets) == ({"sentiment"}, 7, {"segmenter"}, "x", "byte")


def test_a_context_comes_back_with_its_document(calm_fault):
    with calm_fault.client() as c:
        pairs = [(text, {"row": i}) for i, text in enumerate(texts(100))]
        found = list(c.annotate_many(pairs, as_tuples=True))
        assert [context for _, context in found] == [context for _, context in pairs]
        assert all(doc.context is context for doc, context in found)
        (error, context), = c.annotate_many([("CRASH", 5)], as_tuples=True, errors="return")
        assert isinstance(error, textd.PluginCrashed) and context == 5


def test_an_empty_batch_is_empty_though_nobody_is_there():
    with textd.Client("ipc:///nowhere/textd.sock") as c:
        assert list(c.annotate_many([])) == []


@pytest.mark.parametrize("arguments", [{"window": 0}, {"window": True}, {"errors": "ignore"}, {"plugins": "x"}, {"deadline": 0}])
def test_wrong_arguments_are_told_by_the_call(arguments):
    with textd.Client("ipc:///nowhere/textd.sock") as c, pytest.raises(textd.InvalidArgument):
        c.annotate_many(["x"], **arguments)


@pytest.mark.parametrize("texts", ["one text", b"bytes", {"text": "one text"}])
def test_one_text_is_not_taken_for_many(texts):
    """A str gives its characters one by one, and that would be found out by the bill."""
    for client in (textd.Client, textd.AsyncClient):
        with pytest.raises(textd.InvalidArgument, match=r"annotate\(\)"):
            client("ipc:///nowhere/textd.sock").annotate_many(texts)


def test_what_a_source_raises_comes_through(calm_fault):
    def broken():
        yield "x"
        raise KeyError("the source's own")

    with calm_fault.client() as c, pytest.raises(KeyError, match="own"):
        list(c.annotate_many(broken()))


def test_two_of_one_id_in_flight_are_refused(calm_fault):
    with calm_fault.client() as c:
        found = list(c.annotate_many([{"text": "SLEEP 50", "id": 7}, {"text": "x", "id": 7}], errors="return"))
    assert isinstance(found[0], textd.Doc) and isinstance(found[1], textd.InvalidArgument) and "7" in str(found[1])


# ---- Memory, and sources that take their time ----


def test_no_more_is_read_than_the_window_allows_though_the_head_is_slow(calm_fault):
    read, window, most = 0, 16, 0

    def source():
        nonlocal read
        for i in range(400):
            read += 1
            yield "SLEEP 100" if i == 0 else "x"

    with calm_fault.client() as c:
        for n, _ in enumerate(c.annotate_many(source(), window=window)):
            most = max(most, read - n)
    assert most <= 2 * window, "those in flight, and those that were ready when they were asked for"


def test_memory_does_not_grow_with_the_number_of_documents(calm_fault):
    def peak_kib():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    n = 50_000
    with calm_fault.client() as c:
        batch = ("SLEEP 1500" if i == 5000 else f"{i} " + "x" * 500 for i in range(n))
        for seen, _ in enumerate(c.annotate_many(batch, ordered=False, window=128)):
            if seen == 10_000:
                early = peak_kib()
    assert seen == n - 1 and peak_kib() - early < 4096


def test_a_source_may_wait_for_results(calm_fault):
    """It pauses until what it gave before was answered."""
    answered = queue.Queue()

    def source():
        for i in range(20):
            yield "x" * (i + 1)
            while True:
                try:
                    assert answered.get(timeout=0.005) == i + 1
                    break
                except queue.Empty:
                    yield textd.PAUSE

    with calm_fault.client() as c:
        for doc in c.annotate_many(source()):
            answered.put(doc.results["fault"])
    assert doc.index == 19


def test_a_source_that_waits_by_itself_holds_back_one_result_at_most(calm_fault):
    """Such as lines that somebody types, or a queue: nobody waits for a window of them."""
    seen = 0

    def source():
        for i in range(12):
            time.sleep(0.02)
            assert seen >= i - 1, f"{seen} results at document {i}"
            yield "x" * (i + 1)

    with calm_fault.client() as c:
        for doc in c.annotate_many(source()):
            seen += 1
    assert seen == 12


def test_who_looks_away_for_long_loses_nothing(calm_fault):
    with calm_fault.client(timeout=1.2) as c:
        results = c.annotate_many(texts(200), window=32)
        first = next(results)
        time.sleep(1.4)
        assert [doc.index for doc in results] == list(range(1, 200)) and first.index == 0


# ---- Leaving early, taking back ----


def test_who_leaves_early_takes_back_what_was_in_flight(calm_fault):
    with calm_fault.client() as c:
        for _ in c.annotate_many(["x"] + ["SLEEP 3000"] * 8, window=9):
            break
        gc.collect()
        began = time.monotonic()
        assert c.annotate("four").results["fault"] == 4
        wait_for("the daemon to have nothing of it", lambda: documents_in(calm_fault) == 0)
        assert time.monotonic() - began < 2.5


def test_a_document_is_taken_back_from_another_thread(calm_fault):
    with calm_fault.client() as c:
        result = in_thread(lambda: c.annotate("SLEEP 5000", id="job-7"))
        began = time.monotonic()
        wait_for("it to be in flight", lambda: c.cancel("job-7"))
        with pytest.raises(textd.Cancelled) as e:
            result()
        assert e.value.id == "job-7" and time.monotonic() - began < 2
        assert c.cancel("job-7") is False
        assert c.annotate("four", id="job-7").results["fault"] == 4


def test_one_of_a_batch_is_taken_back(calm_fault):
    with calm_fault.client() as c:
        results = c.annotate_many(["x", {"text": "SLEEP 5000", "id": "slow"}, "yy"], errors="return")
        assert next(results).results["fault"] == 1
        assert c.cancel("slow")
        slow, last = results
    assert isinstance(slow, textd.Cancelled) and slow.index == 1 and last.results["fault"] == 2


def test_a_cancel_that_comes_too_late_disturbs_nobody(calm_fault):
    """Its BAD_REQUEST has the id of a document that was answered, and that may be in use again."""
    with calm_fault.client() as c:
        def source():
            for i in range(300):
                yield {"text": "x" * (i + 1), "id": i % 3}
                c.cancel(i % 3)
                while c.cancel(i % 3):
                    yield textd.PAUSE

        found = list(c.annotate_many(source(), errors="return"))
    assert [f.index for f in found] == list(range(300))
    assert all(isinstance(f, (textd.Cancelled, textd.Doc)) for f in found), {type(f) for f in found}
    assert all(f.results["fault"] == f.index + 1 for f in found if isinstance(f, textd.Doc))
