import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv } from "../../src/import/parse-csv.js";
import { csvField } from "../../src/text/csv-field.js";

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

test("a cell that a spreadsheet could take for a formula begins with an apostrophe; whole plain numbers stay numbers", () => {
  for (const text of FORMULAS.filter((one) => one !== "-2")) {
    const [record] = parseCsv(`a,${csvField(text)},b`) as readonly { cells: readonly string[] }[];
    assert.deepEqual(record!.cells, ["a", `'${text}`, "b"], JSON.stringify(text));
  }
  for (const text of ["0", "-12.5", "1234567.000001", "1e-7", "2026-03-08T02:11:00.000Z", "GET /v1", ""]) {
    assert.equal(csvField(text), text);
  }
});

test("a cell is one cell, whatever parts cells where it is opened", () => {
  for (const text of ["a,=1", "a;=1+1", "a\t=1", 'a"\r\n=1', '";=1;"', "a\n@x"]) {
    const field = csvField(text);
    assert.ok(field.startsWith('"') && field.endsWith('"'), field);
    const [record] = parseCsv(`${field},b`) as readonly { cells: readonly string[] }[];
    assert.deepEqual(record!.cells, [text, "b"]);
  }
});
