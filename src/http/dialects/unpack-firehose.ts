import { gunzipSync } from "node:zlib";
import { fieldsOf } from "../../import/record/log-values.js";
import { parsedJson } from "../../import/record/parsed-json.js";
import { MAX_EVENTS } from "../../pipeline/ingest/read-events.js";
import type { BodyAccount } from "../body-budget.js";
import { BodyRefused } from "../body-refused.js";
import { chargeReading } from "../charge-reading.js";
import { MAX_BODY_BYTES } from "../read-body.js";

/** As long as unpacking holds up others. */
const SLICE_MS = 10;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** The text and the strings in it; both are gone before the log is read. */
const COPIES = 2;
const LINE_END = Buffer.from("\n");

/**
 * The log in a delivery of Firehose, a record after the other on lines of their own: each base64, and packed where CloudWatch Logs did so.
 * @throws BodyRefused when it is none, is too large unpacked, or there is no room for it
 */
export async function unpackFirehose(body: Buffer, account: BodyAccount): Promise<Buffer> {
  chargeReading(body, account, COPIES);
  const { records } = fieldsOf(parsedJson(body.toString("utf8")));
  if (!Array.isArray(records)) throw new BodyRefused("not_firehose");
  if (records.length > MAX_EVENTS) throw new BodyRefused("too_many_records");
  const pieces: Buffer[] = [];
  let bytes = 0;
  let began = performance.now();
  for (const record of records as unknown[]) {
    const { data } = fieldsOf(record);
    if (typeof data !== "string" || data.length % 4 !== 0 || !BASE64.test(data)) throw new BodyRefused("not_base64");
    const piece = unpacked(Buffer.from(data, "base64"), MAX_BODY_BYTES - bytes);
    bytes += piece.length + LINE_END.length;
    if (bytes > MAX_BODY_BYTES) throw new BodyRefused("too_large", MAX_BODY_BYTES);
    if (!account.charge(piece.length + LINE_END.length)) throw new BodyRefused("no_room");
    pieces.push(piece, LINE_END);
    if (performance.now() - began < SLICE_MS) continue;
    await new Promise(setImmediate);
    began = performance.now();
  }
  return Buffer.concat(pieces);
}

function unpacked(data: Buffer, room: number): Buffer {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return gunzipSync(data, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    const isTooLarge = (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge ? new BodyRefused("too_large", MAX_BODY_BYTES) : new BodyRefused("not_gzip_record");
  }
}
