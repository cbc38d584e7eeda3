#!/bin/sh
# parse-prometheus-text-format (npm): of a histogram or summary with labels the last label's values are left, as everybody's.
#
# One expects: what it does for counters and gauges, and for sums and counts: a record for each set of labels, with the labels in it, as prom2json, whose form
# it aims at, does.
# What happens: lines with `le` or `quantile` are gathered into one record without any other label; each further set writes over what the one before
# it had. Of http_seconds for two paths there is one record: the latter path's numbers, and no path. As soon as there is such a record, `_sum` and
# `_count` that have labels are dropped.
# Who meets it: who shows or checks a page of metrics by it: histograms mostly have labels. What is shown is right for one of them, and changes with the
# order of lines.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts parse-prometheus-text-format@1.1.1 >/dev/null || exit 77

cat >try.cjs <<'JS'
const parse = require("parse-prometheus-text-format");
const { version } = JSON.parse(require("fs").readFileSync("node_modules/parse-prometheus-text-format/package.json"));
const show = (title, lines) => console.log(title, JSON.stringify(parse(`${lines.join("\n")}\n`)[0].metrics));
const histogram = (path, few, many) => [
  `http_seconds_bucket{path="${path}",le="0.1"} ${few}`,
  `http_seconds_bucket{path="${path}",le="+Inf"} ${many}`,
  `http_seconds_sum{path="${path}"} ${many}`,
  `http_seconds_count{path="${path}"} ${many}`,
];
const summary = (path, value) => [`http_seconds{path="${path}",quantile="0.5"} ${value}`, `http_seconds_count{path="${path}"} 9`];

console.log("parse-prometheus-text-format", version);
show("counter:", ["# TYPE http_total counter", 'http_total{path="/a"} 1', 'http_total{path="/b"} 2']);
show("histogram:", ["# TYPE http_seconds histogram", ...histogram("/a", 900, 1000), ...histogram("/b", 1, 2)]);
show("the other way round:", ["# TYPE http_seconds histogram", ...histogram("/b", 1, 2), ...histogram("/a", 900, 1000)]);
show("summary:", ["# TYPE http_seconds summary", ...summary("/a", 0.1), ...summary("/b", 7)]);
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
parse-prometheus-text-format 1.1.1
counter: [{"value":"1","labels":{"path":"/a"}},{"value":"2","labels":{"path":"/b"}}]
histogram: [{"buckets":{"0.1":"1","+Inf":"2"}}]
the other way round: [{"buckets":{"0.1":"900","+Inf":"1000"}}]
summary: [{"quantiles":{"0.5":"7"}}]
KNOWN
diff known seen && echo "as known: the last one speaks for all"
