"""Many documents: memory stays where it is, and over restarts nothing is lost and nothing comes twice.

TEXTD_TORTURE=1 makes it a million documents with two kills and two stops on the way, and prints the figures."""

import os
import time

from world import counted, harness, is_counted, kill, plugins, restart

TORTURE = os.environ.get("TEXTD_TORTURE")
N = 1_000_000 if TORTURE else 12_000
CONFIG = plugins("fault")


def test_memory_is_flat_and_nothing_is_lost_over_many_documents(client, drive, textd):
    daemon, began, wrong = textd(CONFIG), time.monotonic(), []

    def take(line):
        if not (line["line"] == run.n_lines and line["ok"] and is_counted(line, slow_every=0)):
            wrong.append((run.n_lines, line))

    # What AddressSanitizer keeps of memory that was freed would look like a leak.
    variables = {"ASAN_OPTIONS": harness.SANITIZER + ":quarantine_size_mb=1"}
    run = drive(daemon.endpoint, counted(N, slow_every=0), take=take, variables=variables)
    ends = {N * (2 * i + 1) // 9: end for i, end in enumerate([kill, type(daemon).stop, kill, type(daemon).stop])} if TORTURE else {}
    peaks = {N // 4: None, N * 9 // 10: None}
    for done in sorted({*ends, *peaks}):
        run.wait_for_lines(done, 1200)
        if done in peaks:
            peaks[done] = run.peak_kib()
        if done in ends:
            ends[done](daemon)
            daemon = restart(textd, daemon, CONFIG)
    assert run.end(1200) == 0, (run.fatal, run.words)
    seconds = time.monotonic() - began
    early, late = peaks.values()
    if TORTURE:
        print(f"\n{client}: {run.n_lines} of {N} documents in {seconds:.0f} s, {N / seconds:.0f}/s, over {len(ends)} restarts; out of place or wrong: "
              f"{len(wrong)}; peak memory {early} KiB after a quarter, {late} KiB after nine tenths")
    assert (run.n_lines, wrong[:3]) == (N, [])
    assert late - early < 8192 + early // 8, f"{early} KiB after a quarter, {late} KiB after nine tenths"
