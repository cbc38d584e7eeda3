"""The same as bare.py by the package textd. ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds."""

import itertools
import sys
import time

from textd import Client

endpoint, count, window, plugin = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
text = sys.stdin.read()


def run(client, count):
    texts = itertools.repeat(text, count)
    return sum(len(doc.sentences) for doc in client.annotate_many(texts, window=window, plugins=[plugin], ordered=False))


with Client(endpoint) as client:
    run(client, count // 10)
    begin, cpu = time.perf_counter(), time.process_time()
    run(client, count)
    print(time.perf_counter() - begin, time.process_time() - cpu)
