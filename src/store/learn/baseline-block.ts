import { BASELINE_VERSION, type Baseline } from "../../model/finding/baseline.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { DAY_MS, dayStart } from "../../time/day.js";
import { ByteWriter } from "../clickhouse/byte-writer.js";

type Rows = readonly Baseline[];
type Write = (out: ByteWriter, rows: Rows, computedAt: number) => void;
type Column = readonly [name: string, type: string, write: Write];
type Numbers = readonly number[];
type TypedColumn = Float64Array | Int32Array | Uint16Array | Uint8Array;

/** About what a snapshot takes. */
const BYTES_OF_ROW = 13_500;
/** The most spend of a day that is stored: what an Int64 holds, too. */
const MOST_STORED = 2 ** 63;

const daysSinceEpoch = (day: string) => dayStart(day) / DAY_MS;
const OBSERVER = `Enum8(${OBSERVERS.map((name, i) => `'${name}' = ${i + 1}`).join(", ")})`;
const INSTANT = "DateTime64(3, 'UTC')";

const floats = (name: string, of: (row: Baseline) => Numbers): Column =>
  arrays(name, "Float64", (length) => new Float64Array(length), of);
const float = (name: string, of: (row: Baseline) => number): Column => [
  name,
  "Float64",
  (out, rows) => out.column(Float64Array.from(rows, (row) => of(row) + 0)),
];
const whole = (name: string, of: (row: Baseline) => number): Column => [
  name,
  "UInt64",
  (out, rows) => rows.forEach((row) => out.uint64(of(row))),
];

/** The columns in the order in which they are written, each with the type that the table has. */
const COLUMNS: readonly Column[] = [
  ["day", "Date", (out, rows) => rows.forEach(({ day }) => out.uint16(daysSinceEpoch(day)))],
  ["key_id", "String", (out, rows) => rows.forEach(({ keyId }) => out.text(keyId))],
  ["observed_by", OBSERVER, (out, rows) => rows.forEach((row) => out.uint8(OBSERVERS.indexOf(row.observedBy) + 1))],
  ["computed_at", INSTANT, (out, rows, computedAt) => rows.forEach(() => out.uint64(computedAt))],
  ["version", "UInt16", (out, rows) => rows.forEach(() => out.uint16(BASELINE_VERSION))],
  ["born_at", "DateTime('UTC')", (out, rows) => rows.forEach((row) => out.uint32(Math.floor(row.bornAt / 1000)))],
  whole("requests", ({ requests }) => requests),
  whole("spend_micros", ({ spendMicros }) => Math.min(spendMicros, MOST_STORED)),
  ["novel_requests", "Array(UInt64)", writeWholes],
  floats("churn", ({ churn }) => churn),
  float("spend_per_request", ({ spendPerRequest }) => spendPerRequest),
  arrays(
    "slots",
    "Int32",
    (length) => new Int32Array(length),
    ({ slots }) => slots,
  ),
  floats("weekly", ({ weekly }) => weekly),
  floats("daily", ({ daily }) => daily),
  float("flat", ({ flat }) => flat),
  floats("levels", ({ levels }) => levels),
  floats("losses", ({ losses }) => losses),
  floats("noise", ({ noise }) => noise),
  floats("noise_days", ({ noiseDays }) => noiseDays),
  arrays(
    "daily_max_bins",
    "UInt8",
    (length) => new Uint8Array(length),
    ({ dailyMaxBins }) => dailyMaxBins,
  ),
  ["taught_days", "UInt16", (out, rows) => rows.forEach((row) => out.uint16(row.taughtDays))],
  float("highest_score", ({ highestScore }) => highestScore),
  ["suspect_until", INSTANT, (out, rows) => rows.forEach((row) => out.uint64(Math.trunc(row.suspectUntil)))],
  arrays(
    "held_days",
    "Date",
    (length) => new Uint16Array(length),
    ({ frozenDays }) => frozenDays.map(daysSinceEpoch),
  ),
];

/** The names of the columns, in the order of a block. */
export const BASELINE_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/** Snapshots that were learned at an instant (epoch ms) as one block of ClickHouse's Native format: as JSON they take three times as long on both sides. */
export function baselineBlock(rows: Rows, computedAt: number): Buffer {
  const out = new ByteWriter(BYTES_OF_ROW * rows.length);
  out.varUint(COLUMNS.length);
  out.varUint(rows.length);
  for (const [name, type, write] of COLUMNS) {
    out.text(name);
    out.text(type);
    write(out, rows, computedAt);
  }
  return out.finish();
}

function arrays(
  name: string,
  type: string,
  makeColumn: (length: number) => TypedColumn,
  of: (row: Baseline) => Numbers,
): Column {
  const write: Write = (out, rows) => {
    const values = makeColumn(writeOffsets(out, rows, of));
    let at = 0;
    for (const row of rows) {
      const own = of(row);
      // Zero is written as zero, whatever its sign.
      for (let i = 0; i < own.length; i += 1) values[at++] = own[i]! + 0;
    }
    out.column(values);
  };
  return [name, `Array(${type})`, write];
}

function writeWholes(out: ByteWriter, rows: Rows): void {
  writeOffsets(out, rows, ({ novelRequests }) => novelRequests);
  for (const { novelRequests } of rows) for (const value of novelRequests) out.uint64(value);
}

/** Where the array of each row ends; gives where the last one does. */
function writeOffsets(out: ByteWriter, rows: Rows, of: (row: Baseline) => Numbers): number {
  let end = 0;
  for (const row of rows) {
    end += of(row).length;
    out.uint64(end);
  }
  return end;
}
