import { Client } from "@textd/client";

const client = new Client(); // $TEXTD_ENDPOINT, or where textd listens by default
const doc = await client.annotate("Acme Corp. paid $3 million. Great news!");
for (const e of doc.entities) console.log(e.type, e.text, e.value, doc.text.slice(e.start, e.end) === e.text);
client.close();
