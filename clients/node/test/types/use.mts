// Compiled by `tsc --strict`, never run: what a user may write, and what is to be refused.
import { Client, Doc, Overloaded, TextdError, type Entity } from "@textd/client";

export async function use(): Promise<string[]> {
  await using client = new Client({ timeoutMs: 1000 });
  const doc: Doc = await client.annotate("x", {
    plugins: ["entities"],
    meta: { row: 1 },
    signal: AbortSignal.timeout(100),
  });
  const found: Entity[] = doc.entities;
  const words = found.map((e) => doc.text.slice(e.start, e.end) + e.type + e.score.toFixed(2));
  if (doc.sentiment?.label === "positive") words.push(doc.summary ?? "");
  for await (const each of client.annotateMany(["a", { text: "b", lang: "en" }], { window: 8 }))
    words.push(each.sentences[0]?.text ?? "");
  for await (const each of client.annotateMany(new Set(["a"]), { errors: "return" })) {
    if (each instanceof TextdError) words.push(each.code, String(each.retryAfterMs));
    else words.push(each.text);
  }
  const both: "throw" | "return" = words.length > 1 ? "throw" : "return";
  for await (const each of client.annotateMany(["a"], { errors: both }))
    words.push(each instanceof TextdError ? each.code : each.text);
  // @ts-expect-error: which of the two isn't known here
  for await (const each of client.annotateMany(["a"], { errors: both })) words.push(each.text);
  const plugins = ["entities"] as const;
  await client.annotate("x", { plugins, lang: words[0] && undefined });
  try {
    const { state } = await client.ping();
    const bytes: Uint8Array = await client.request(new Uint8Array(), undefined, { raw: true });
    words.push(state, String(bytes.length), String((await client.request({ op: "describe" })).limits));
  } catch (error) {
    if (error instanceof Overloaded && error.retryable) words.push(error.message);
  }
  // @ts-expect-error: there is no such option
  await client.annotate("x", { plugin: ["entities"] });
  // @ts-expect-error: a text is a string
  await client.annotate(7);
  // @ts-expect-error: one of two
  client.annotateMany([], { errors: "log" });
  // @ts-expect-error: errors come as items only when asked for
  for await (const each of client.annotateMany(["a"])) words.push(each.code);
  // @ts-expect-error: documents are made by the client
  new Doc();
  await client.close();
  return words;
}
