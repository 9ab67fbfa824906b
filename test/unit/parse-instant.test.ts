import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseEnd, parseInstant } from "../../src/model/parse-instant.js";
import { Asked } from "../../src/web/find/asked.js";
import { parseTimeRange } from "../../src/web/time-range.js";
import { runCli } from "../helpers/run-cli.js";

test("every instant is read as the calendar has it, with any offset and any fraction", () => {
  const instants = fc.date({ min: new Date(0), max: new Date("2106-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(
      instants,
      fc.integer({ min: -1439, max: 1439 }),
      fc.integer({ min: 0, max: 999 }),
      (date, offset, micros) => {
        const iso = date.toISOString();
        assert.equal(parseInstant(iso), date.getTime());
        assert.equal(parseInstant(`${iso.slice(0, 19)}Z`), Math.floor(date.getTime() / 1000) * 1000);
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const two = (value: number) => String(value).padStart(2, "0");
        const size = Math.abs(offset);
        const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
        assert.equal(parseInstant(`${local}${String(micros).padStart(3, "0")}${zone}`), date.getTime());
      },
    ),
  );
});

test("a date or time that does not exist is none", () => {
  for (const text of [
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-04-31T00:00:00.000Z",
    "2026-00-10T00:00:00Z",
    "2026-13-10T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00",
    "2026-01-01",
    "",
  ]) {
    assert.equal(parseInstant(text), undefined, text);
  }
  assert.equal(parseInstant("2024-02-29T23:59:59.999Z"), Date.UTC(2024, 1, 29, 23, 59, 59, 999));
  assert.equal(parseInstant("2016-12-31T23:59:60Z"), Date.UTC(2017, 0, 1));
  assert.equal(parseInstant("2026-03-08t02:11:00z"), Date.UTC(2026, 2, 8, 2, 11));
});

test("an end may be a date, which ends with its last second in UTC", () => {
  assert.equal(parseEnd("2026-11-28"), Date.UTC(2026, 10, 28, 23, 59, 59));
  assert.equal(parseEnd("2026-11-28T02:11:00Z"), Date.UTC(2026, 10, 28, 2, 11));
  assert.deepEqual([parseEnd("2026-02-29"), parseEnd("tomorrow")], [undefined, undefined]);
});

test("an instant that ClickHouse does not hold is wrong usage of a command and of a view, before anything is asked", async () => {
  const away = { CLICKHOUSE_URL: "http://127.0.0.1:9/plimsoll" };
  for (const args of [
    ["investigate", "bob", "--from", "1960-01-01", "--to", "1961-01-01"],
    ["investigate", "bob", "--to", "2200-01-01T00:00:00Z"],
    ["run", "check-keys", "--from", "1969-12-31T23:59:59Z"],
  ]) {
    const run = await runCli(args, away);
    assert.deepEqual([run.code, run.stderr.includes("between 1970 and 2099")], [2, true], run.stderr);
  }
  const now = Date.UTC(2026, 2, 8);
  const usual = { from: now - 1, to: now };
  for (const from of ["1960-01-01T00:00", "1969-12-31T23:59"])
    assert.deepEqual(parseTimeRange({ from, to: "1970-01-02T00:00" }, now, usual).problems, [
      "from: must be between 1970 and 2099",
    ]);
  assert.deepEqual(parseTimeRange({ from: "1970-01-01T00:00", to: "1970-01-02T00:00" }, now, usual).problems, []);
  const asked = new Asked("/incidents?from=1969-12-31&to=2100-01-01");
  assert.deepEqual([asked.day("from", "begin"), asked.day("to", "end")], [null, null]);
  assert.deepEqual(asked.problems, ["from: must be between 1970 and 2099", "to: must be between 1970 and 2099"]);
});
