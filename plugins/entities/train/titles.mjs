// Takes titles off the names of people in a set, and a small article off the others, where it has them within: the sets differ, and most leave them out. Usage:
//
//   node titles.mjs SET.jsonl[.gz] > SET.jsonl
import { readLines, title } from './texts.mjs';

for (const record of readLines(process.argv[2])) {
  const bytes = Buffer.from(record.text);
  for (const entity of record.entities) {
    if (!/^(per|person)$/i.test(entity.type)) {
      if (bytes.toString('utf8', entity.start, entity.end).startsWith('the ')) entity.start += 4;
      continue;
    }
    for (let cut; (cut = title.exec(bytes.toString('utf8', entity.start, entity.end))); ) entity.start += Buffer.byteLength(cut[0]);
  }
  console.log(JSON.stringify(record));
}
