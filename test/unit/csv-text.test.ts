import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv, type CsvRecord } from "../../src/import/parse-csv.js";
import { csvText } from "../../src/text/csv-text.js";

const FORMULAS = [
  "=1+1",
  "+1+1",
  "-2+3+cmd|' /C calc'!A0",
  "-2",
  "@SUM(A1)",
  "\t=1+1",
  "\r=1+1",
  "\n=1",
  " =1+1",
  "\u200b=1",
  "\ufeff=cmd|' /C calc'!A0",
  "＝1+1",
  "－1+1",
  "-1e5",
  "--1",
  "-.5",
  "-",
  "-1 2",
  "+49 170 123",
];

const cellsOf = (csv: string) => (parseCsv(csv) as readonly CsvRecord[]).map(({ cells }) => cells);

test("a cell that a spreadsheet could take for a formula begins with an apostrophe; whole plain numbers stay numbers", () => {
  for (const text of FORMULAS.filter((one) => one !== "-2")) {
    assert.deepEqual(cellsOf(csvText([["a", text, "b"]])), [["a", `'${text}`, "b"]], JSON.stringify(text));
  }
  for (const text of ["0", "-12.5", "1234567.000001", "1e-7", "2026-03-08T02:11:00.000Z", "GET /v1", ""]) {
    assert.equal(csvText([[text]]), text);
  }
});

test("a cell is one cell, whatever parts cells where it is opened", () => {
  for (const text of ["a,=1", "a;=1+1", "a\t=1", 'a"\r\n=1', '";=1;"', "a\n@x"]) {
    const field = csvText([[text]]);
    assert.ok(field.startsWith('"') && field.endsWith('"'), field);
    assert.deepEqual(cellsOf(`${field},b`), [[text, "b"]]);
  }
});
