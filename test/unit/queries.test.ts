import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listFiles, readText } from "../helpers/source-tree.js";

/** Where statements are made of the list of columns that events are sent by. */
const MADE_OF_COLUMNS = ["src/store/ingest/bad-rows.ts"];

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
    assert.deepEqual(inside, MADE_OF_COLUMNS);
  });
});
