"""The client for asyncio."""

import asyncio
import os
import time

import pytest
import textd
from conftest import documents_in, wait_for
from test_40_threads_and_processes import in_child


def run(daemon, work, **keys):
    async def main():
        async with textd.AsyncClient(daemon.endpoint, **keys) as c:
            return await asyncio.wait_for(work(c), 30)

    return asyncio.run(main())


def test_one_text(textd_daemon):
    async def work(c):
        doc = await c.annotate("Acme Corp. paid $3 million.")
        assert doc.text[doc.entities[0].start:doc.entities[0].end] == "Acme Corp."
        assert (await c.ping())["state"] == "serving" and (await c.describe())["limits"]
        assert (await c.request({"id": 5, "op": "nonsense"}))["error"]["code"] == "BAD_REQUEST"
        with pytest.raises(textd.UnknownPlugin):
            await c.annotate("x", plugins=["none such"])
        with pytest.raises(textd.InvalidArgument):
            await c.annotate("\ud800")

    run(textd_daemon, work)


def test_many_tasks_share_a_connection(calm_fault):
    async def work(c):
        docs = await asyncio.gather(*[c.annotate("x" * (i + 1)) for i in range(500)])
        assert [d.results["fault"] for d in docs] == list(range(1, 501))

    run(calm_fault, work)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("is_async", [True, False])
def test_a_batch(calm_fault, ordered, is_async):
    async def source(n):
        for i in range(n):
            if i % 100 == 0:
                await asyncio.sleep(0.001)
            yield "x" * (i % 97 + 1)

    async def work(c):
        texts = source(2000) if is_async else ("x" * (i % 97 + 1) for i in range(2000))
        found = [(d.index, d.results["fault"]) async for d in c.annotate_many(texts, ordered=ordered)]
        assert sorted(found) == [(i, i % 97 + 1) for i in range(2000)]
        assert not ordered or found == sorted(found)
        assert [d async for d in c.annotate_many([])] == []

    run(calm_fault, work)


def test_errors_come_in_the_documents_place(calm_fault):
    async def work(c):
        found = [f async for f in c.annotate_many(["a", "CRASH", "\ud800", "bb"], errors="return")]
        assert [type(f) for f in found] == [textd.Doc, textd.PluginCrashed, textd.InvalidArgument, textd.Doc]
        found = [type(f) async for f in c.annotate_many(["\ud800"] * 300, errors="return", ordered=False)]
        assert found == [textd.InvalidArgument] * 300
        with pytest.raises(textd.PluginCrashed) as e:
            async for _ in c.annotate_many(["a", "CRASH", "b"]):
                pass
        assert e.value.index == 1

    run(calm_fault, work)


def test_what_a_source_raises_comes_through(calm_fault):
    async def broken():
        yield "x"
        raise KeyError("the source's own")

    async def work(c):
        with pytest.raises(KeyError, match="own"):
            async for _ in c.annotate_many(broken()):
                pass

    run(calm_fault, work)


def test_results_are_handed_out_while_a_source_waits(calm_fault):
    async def work(c):
        answered = asyncio.Queue()

        async def source():
            for i in range(10):
                yield "x" * (i + 1)
                assert await answered.get() == i + 1

        async for d in c.annotate_many(source()):
            answered.put_nowait(d.results["fault"])
        assert d.index == 9

    run(calm_fault, work)


def test_no_more_is_read_than_the_window_allows(calm_fault):
    async def work(c):
        read, most = 0, 0

        def source():
            nonlocal read
            for i in range(300):
                read += 1
                yield "SLEEP 100" if i == 0 else "x"

        n = 0
        async for _ in c.annotate_many(source(), window=16):
            most = max(most, read - n)
            n += 1
        assert most <= 2 * 16

    run(calm_fault, work)


def test_a_cancelled_task_takes_its_document_back(calm_fault):
    async def work(c):
        task = asyncio.ensure_future(c.annotate("SLEEP 5000"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(c.annotate("SLEEP 5000"), 0.1)
        assert (await c.annotate("four")).results["fault"] == 4
        await asyncio.get_running_loop().run_in_executor(None, lambda: wait_for("nothing to be left", lambda: documents_in(calm_fault) == 0, 3))

    run(calm_fault, work)


def test_a_document_is_taken_back_by_its_id(calm_fault):
    async def work(c):
        task = asyncio.ensure_future(c.annotate("SLEEP 5000", id="job"))
        while not c.cancel("job"):
            await asyncio.sleep(0.001)
        with pytest.raises(textd.Cancelled):
            await task
        assert not c.cancel("job")

    run(calm_fault, work)


def test_who_leaves_early_takes_back_what_was_in_flight(calm_fault):
    async def work(c):
        async for _ in c.annotate_many(["x"] + ["SLEEP 3000"] * 8, window=9):
            break
        assert (await c.annotate("four")).results["fault"] == 4
        await asyncio.get_running_loop().run_in_executor(None, lambda: wait_for("nothing to be left", lambda: documents_in(calm_fault) == 0, 2))

    run(calm_fault, work)


def test_closing_it_ends_what_waits(calm_fault):
    async def work(c):
        task = asyncio.ensure_future(c.annotate("SLEEP 5000"))
        await asyncio.sleep(0.05)
        await c.close()
        with pytest.raises(textd.Cancelled):
            await task
        with pytest.raises(textd.InvalidArgument):
            await c.annotate("x")

    run(calm_fault, work)
    wait_for("nothing to be left", lambda: documents_in(calm_fault) == 0, 3)


def test_ping_and_describe_find_their_replies_among_others(textd_daemon):
    """They share the connection with documents, and with each other."""
    async def work(c):
        docs = [asyncio.ensure_future(c.annotate("Acme Corp. paid $3 million. " * 300)) for _ in range(5)]
        found = await asyncio.gather(*[c.ping() for _ in range(5)], *[c.describe() for _ in range(5)])
        assert all("state" in f for f in found[:5]) and all("limits" in f for f in found[5:])
        await asyncio.gather(*docs)

    run(textd_daemon, work, timeout=3)


def test_a_large_text_does_not_wait_for_the_others_to_end(fault):
    """Before one is sent the daemon is asked how large it may be."""
    async def work(c):
        slow = asyncio.ensure_future(c.annotate("SLEEP 5000"))
        large = await c.annotate("x" * (1 << 21))
        assert large.results["fault"] == 1 << 21 and not slow.done()
        slow.cancel()

    run(fault, work, timeout=10)


# ---- Loops that end, processes that fork ----


def test_a_second_run_gets_its_own_replies(calm_fault):
    """What was waited for when the first run ended must not take, or be, the second's."""
    c = textd.AsyncClient(calm_fault.endpoint)

    async def first():
        waits = [asyncio.ensure_future(c.annotate("SLEEP 50")) for _ in range(3)]
        await asyncio.sleep(0.02)
        return waits

    async def second(n):
        found = await asyncio.wait_for(asyncio.gather(*[c.annotate("x" * (i + n)) for i in range(20)]), 10)
        return [d.results["fault"] for d in found]

    asyncio.run(first())
    for n in (1, 50):
        assert asyncio.run(second(n)) == list(range(n, n + 20))
    asyncio.run(c.close())


def test_loops_that_are_dropped_without_an_end_leave_nothing_behind(calm_fault):
    c = textd.AsyncClient(calm_fault.endpoint)
    for _ in range(30):
        loop = asyncio.new_event_loop()
        task = loop.create_task(c.annotate("SLEEP 100"))
        loop.run_until_complete(asyncio.sleep(0.005))
        loop.close()
        task._log_destroy_pending = False
        del task
    assert len(os.listdir("/proc/self/fd")) < 200
    asyncio.run(c.close())


def test_a_child_connects_anew(calm_fault):
    c = textd.AsyncClient(calm_fault.endpoint)

    async def ask(n):
        return (await c.annotate("x" * n)).results["fault"] == n

    assert asyncio.run(ask(3))
    assert in_child(lambda: asyncio.run(ask(4))) == 0
    assert asyncio.run(ask(5))
    asyncio.run(c.close())


# ---- The daemon goes away ----


def test_nobody_is_told_in_time(tmp_path):
    async def main():
        async with textd.AsyncClient(f"ipc://{tmp_path}/textd.sock", connect_timeout=0.2) as c:
            began = time.monotonic()
            with pytest.raises(textd.Unavailable, match="textctl ping"):
                await c.annotate("Hi.")
            with pytest.raises(textd.Unavailable):
                async for _ in c.annotate_many(["Hi."], errors="return"):
                    pass
            assert time.monotonic() - began < 1.5

    asyncio.run(main())


def test_who_waits_does_not_turn_and_turn(fault, tmp_path):
    """Neither for a reply, nor for a daemon that is away, nor for nothing."""
    async def cost(seconds=0.3):
        began = time.process_time()
        await asyncio.sleep(seconds)
        return time.process_time() - began

    async def work(c):
        await c.annotate("x")
        slow = asyncio.ensure_future(c.annotate("SLEEP 5000"))
        costs = [await cost()]
        slow.cancel()
        costs.append(await cost())
        fault.kill()
        costs.append(await cost())
        async with textd.AsyncClient(f"ipc://{tmp_path}/nobody.sock") as nobody:
            waits = asyncio.ensure_future(nobody.ping())
            costs.append(await cost())
            waits.cancel()
        assert max(costs) < 0.1, costs
        fault.start()
        assert (await c.annotate("four")).results["fault"] == 4

    run(fault, work)


def test_a_batch_outlives_kills_and_stops(fault):
    async def work(c):
        loop, found = asyncio.get_running_loop(), []
        ends = {500: fault.kill, 1500: fault.stop}
        texts = ("SLEEP 1" if i % 5 == 0 else "x" * (i % 97 + 1) for i in range(3000))
        async for d in c.annotate_many(texts, window=128):
            found.append((d.index, d.results["fault"]))
            if len(found) in ends:
                await loop.run_in_executor(None, ends[len(found)])
                await loop.run_in_executor(None, fault.start)
        assert found == [(i, 1 if i % 5 == 0 else i % 97 + 1) for i in range(3000)]

    run(fault, work)


def test_a_daemon_that_is_back_is_found_again(fault):
    async def work(c):
        assert (await c.annotate("four")).results["fault"] == 4
        await asyncio.get_running_loop().run_in_executor(None, fault.kill)
        connection, = c._connections.values()
        while connection.link.state == "up":  # what is sent until it is seen counts as lost, and has more time
            await asyncio.sleep(0.001)
        with pytest.raises(textd.Unavailable):
            await c.annotate("x")
        await asyncio.get_running_loop().run_in_executor(None, fault.start)
        assert (await c.annotate("four")).results["fault"] == 4

    run(fault, work, connect_timeout=0.2)
