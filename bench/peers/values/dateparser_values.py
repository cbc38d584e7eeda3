#!/usr/bin/python3
"""What dateparser (Debian's python3-dateparser) finds in the lines of table.tsv that are dates, as JSON: a list of [line, value...]."""

import json
import sys
from datetime import datetime

from dateparser.search import search_dates

SETTINGS = {"RELATIVE_BASE": datetime(2024, 3, 6, 12)}

rows = [line.split("\t") for line in open(sys.argv[1], encoding="utf-8").read().split("\n") if line and line[0] != "#"]
found = []
for i, (kind, text, _) in enumerate(rows):
    if kind == "date":
        found.append([i, *(when.strftime("%Y-%m-%dT%H:%M") for _, when in search_dates(text, ["en"], SETTINGS) or [])])
print(json.dumps(found))
