"""tests/conformance/vectors.jsonl, by way of each client: what a request map becomes, and what comes back of a reply, through the
client's lowest level, against the real daemon."""

import json

from world import ROOT, Run, harness

vectors = [json.loads(line) for line in (ROOT / "tests/conformance/vectors.jsonl").read_text().splitlines()]
vectors = [vector for vector in vectors if "request" in vector]

# An integer above 2^63-1 is nothing that libtextd's callers can send, and a float to who reads it (textd/client.h).
MAY_SKIP = {"c": ["the largest integer"]}


def value_of(found):
    """What the driver's notation stands for."""
    if isinstance(found, dict):
        if set(found) == {"hex"}:
            return bytes.fromhex(found["hex"])
        if set(found) == {"float"}:
            return float(found["float"])
        return {key: value_of(value) for key, value in found.items()}
    return list(map(value_of, found)) if isinstance(found, list) else found


def matches(want, found):
    """What is wanted is there; a map may hold more."""
    if isinstance(want, dict) and set(want) == {"hex"}:
        return found == bytes.fromhex(want["hex"])
    if isinstance(want, dict) and set(want) == {"float"}:
        want = float(want["float"])
    if isinstance(want, dict) and isinstance(found, dict):
        return all(key in found and matches(value, found[key]) for key, value in want.items())
    if isinstance(want, list) and isinstance(found, list):
        return len(want) == len(found) and all(map(matches, want, found))
    return type(want) is type(found) and want == found


def test_vectors(client):
    """One connection, one after the other; each vector that fails is told."""
    daemon = harness.Daemon()
    run = None
    try:
        requests = []
        for vector in vectors:
            request = dict(vector["request"])
            if len(vector["frames"]) > 1:
                request["$text"] = {"frame": bytes.fromhex(vector["frames"][1]).decode()}
            requests.append(request)
        run = Run(client, daemon.endpoint, requests, "--mode", "request")
        run.end()
    finally:
        if run:
            run.kill()
        daemon.clean_up()
    assert run.fatal is None, (run.fatal, vectors[len(run.lines)]["name"], run.words)
    assert len(run.lines) == len(vectors)
    skipped, wrong = [], []
    for vector, line in zip(vectors, run.lines):
        if "skip" in line:
            skipped.append(f"{vector['name']}: {line['skip']}")
            continue
        want = dict(vector["reply"])
        if "id" not in vector["request"]:
            want.pop("id", None)  # the client may have given it one
        if not matches(want, value_of(line)):
            wrong.append(f"{vector['name']}: wanted {want}, found {line}")
    assert not wrong, "\n".join(wrong)
    assert [line.split(":")[0] for line in skipped] == MAY_SKIP.get(client, []), "\n".join(skipped)
