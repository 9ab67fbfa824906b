import { gunzipSync, gzipSync } from "node:zlib";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { ByteWriter } from "../../src/store/clickhouse/byte-writer.js";
import { blockOf } from "../../src/store/ingest/request-block.js";

/** Events as a version would write them that knows a column more: `risk`, a number. */
export function newerPiece(source: string, events: readonly RequestEvent[]): Buffer {
  const known = gunzipSync(blockOf([{ source, events }]).data);
  const more = new ByteWriter(1000);
  more.text("risk");
  more.text("UInt32");
  for (const [index] of events.entries()) more.uint32(index);
  // Fewer than 128 columns: their number is one byte, the first.
  const counted = Buffer.from([known[0]! + 1]);
  return gzipSync(Buffer.concat([counted, known.subarray(1), more.finish()]));
}

/** Events as a version would have written them that knew four columns. */
export function olderPiece(source: string, events: readonly RequestEvent[]): Buffer {
  const out = new ByteWriter(1000);
  out.varUint(4);
  out.varUint(events.length);
  const column = (name: string, type: string, write: (event: RequestEvent) => void) => {
    out.text(name);
    out.text(type);
    for (const event of events) write(event);
  };
  column("ts", "DateTime64(3, 'UTC')", ({ ts }) => out.uint64(ts));
  column("count", "UInt32", ({ count }) => out.uint32(count));
  column("key_id", "String", ({ keyId }) => out.text(keyId));
  column("ingest_source", "String", () => out.text(source));
  return gzipSync(out.finish());
}
