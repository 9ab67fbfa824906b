import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listFiles, readText } from "../helpers/source-tree.js";

/** Where statements are made of names that no file can hold: the columns that events are sent by, and the tables, columns and servers of a move. */
const MADE_OF_NAMES = [
  "src/store/ingest/bad-rows.ts",
  "src/store/shards/copy-ranges.ts",
  "src/store/shards/examine-move.ts",
  "src/store/shards/move-record.ts",
  "src/store/shards/spread-reads.ts",
  "src/store/shards/table-shape.ts",
];

describe("queries", () => {
  const queries = listFiles("sql/queries", ".sql");

  it("open with the question that they answer", () => {
    assert.deepEqual(
      queries.filter((path) => !/^-- [A-Z]/.test(readText(path))),
      [],
    );
  });

  it("name every column: what a table gets later changes no answer", () => {
    const anything = /\bSELECT\s+(DISTINCT\s+)?(\w+\.)?\*|,\s*(\w+\.)?\*\s*(,|FROM\b)/;
    assert.deepEqual(
      queries.filter((path) => anything.test(readText(path).replaceAll(/--.*$/gm, ""))),
      [],
    );
  });

  it("stand in files of their own, not in the program", () => {
    const inside = listFiles("src/store", ".ts").filter((path) => /["`\s]SELECT\s[^]*?\sFROM\s/.test(readText(path)));
    assert.deepEqual(inside, MADE_OF_NAMES);
  });
});
