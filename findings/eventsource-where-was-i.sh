#!/bin/sh
# EventSource in Node.js: of one and the same stream, five clients want to go on from three places.
#
# One expects: an `id:` line sets the last event id, with or without a `data:` line beside it, until the next one
# does. Each message that follows has it as its lastEventId, and a connection that is made again sends it as
# Last-Event-ID. So says the HTML standard.
# What happens, for ids 7, 9 and 12, the last two in blocks without data: undici's and the old eventsource 2 go on
# from 12; launchdarkly-eventsource from 9, as it only learns an id when a message comes; eventsource 3 and 4 from 7,
# as they only learn it when it is in the message's own block. There, lastEventId is also empty for each message
# without an `id:` line of its own, though the header of the next connection does have the id.
# Who meets it: a server that moves a client on without a message (nothing matched up to here), or that sends an id
# with every hundredth event; a client that stores event.lastEventId to go on from. After an update from 2 to 3 events
# come twice.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts undici@6.21.3 eventsource2@npm:eventsource@2.0.2 \
    eventsource3@npm:eventsource@3.0.7 eventsource4@npm:eventsource@4.1.1 launchdarkly-eventsource@2.2.0 >/dev/null ||
    exit 77

cat >try.mjs <<'JS'
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const clients = ["undici", "eventsource2", "launchdarkly-eventsource", "eventsource3", "eventsource4"];
const stream = "retry: 50\n\nid: 7\ndata: a\n\ndata: b\n\nid: 9\n\ndata: c\n\nid: 12\n\n";

for (const client of clients) {
  const module = await import(client);
  const { name, version } = JSON.parse(readFileSync(`node_modules/${client}/package.json`));
  const messages = [];
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (!("last-event-id" in request.headers)) return response.end(stream);
    response.write(":\n");
    server.emit("again", request.headers["last-event-id"]);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const source = new (module.EventSource ?? module.default)(`http://127.0.0.1:${server.address().port}/`);
  source.onmessage = ({ data, lastEventId }) => messages.push(`${data} "${lastEventId}"`);
  const [id] = await once(server, "again");
  console.log(`${name} ${version}: ${messages.join(", ")}; goes on from ${id}`);
  source.close();
  server.closeAllConnections();
  server.close();
}
JS
timeout 30 node --no-warnings try.mjs | tee seen
cat >known <<'KNOWN'
undici 6.21.3: a "7", b "7", c "9"; goes on from 12
eventsource 2.0.2: a "7", b "7", c "9"; goes on from 12
launchdarkly-eventsource 2.2.0: a "7", b "7", c "9"; goes on from 9
eventsource 3.0.7: a "7", b "", c ""; goes on from 7
eventsource 4.1.1: a "7", b "", c ""; goes on from 7
KNOWN
diff known seen && echo "as known: one stream, three places"
