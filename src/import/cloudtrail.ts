import { parseCloudTrailRecord } from "./cloudtrail-record.js";
import { parseCsvLog } from "./parse-csv-log.js";
import { readJsonPieces } from "./read-json-pieces.js";
import { unreadFor } from "./read-text.js";
import { unwrapCloudTrail } from "./unwrap-cloudtrail.js";
import type { ImportedRecord } from "./wire-event.js";

/**
 * The events of one CloudTrail file, in its order, whatever it was shipped in: `Records` documents, single records, what EventBridge, CloudWatch
 * Logs, SNS, SQS, Athena, CloudTrail Lake, `lookup-events` or a SIEM make of them. A file that breaks off ends in one rejected record; what stood
 * before it is kept.
 */
export async function* readCloudTrail(file: string, text: AsyncGenerator<string>): AsyncGenerator<ImportedRecord> {
  let record = 0;
  const next = () => ({ file, record: ++record });
  try {
    for await (const some of readPieces(text)) {
      for (const piece of some) {
        if ("problem" in piece) yield { rejected: piece.problem, from: next() };
        else {
          for (const one of unwrapCloudTrail(piece.value)) {
            yield { ...("record" in one ? parseCloudTrailRecord(one.record) : one), from: next() };
          }
        }
      }
    }
  } catch (error) {
    yield { rejected: unreadFor(error), from: next() };
  }
}

/** JSON of any layout, or CSV with a header that names an event's fields. */
async function* readPieces(pieces: AsyncGenerator<string>) {
  const first = await pieces.next();
  const begin = first.done === true ? "" : first.value;
  const whole = async function* (): AsyncGenerator<string> {
    yield begin;
    yield* pieces;
  };
  const header = begin.slice(0, begin.indexOf("\n") + 1 || begin.length);
  if (header.includes("{") || !/event.?name/i.test(header)) yield* readJsonPieces(whole());
  else yield* parseCsvLog(whole());
}
