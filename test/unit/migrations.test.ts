import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { uncommented, withoutTexts } from "../helpers/migration-comments.js";
import { listFiles, readText } from "../helpers/source-tree.js";

describe("migrations", () => {
  const migrations = listFiles("sql/migrations", ".sql");

  it("are numbered from 001 without a gap and named after what they create", () => {
    const expected = migrations.map((_, index) => String(index + 1).padStart(3, "0"));
    assert.deepEqual(
      migrations.map((path) => path.slice("sql/migrations/".length).slice(0, 3)),
      expected,
    );
    assert.deepEqual(
      migrations.filter((path) => !/\/\d{3}(_[a-z0-9]+)+\.sql$/.test(path)),
      [],
    );
  });

  it("hold one statement each", () => {
    const many = migrations.filter(
      (path) => /;\s*\S/.test(withoutTexts(readText(path))) || readText(path).trim() === "",
    );
    assert.deepEqual(many, []);
  });

  // ClickHouse names the blocks of a view that was altered differently after its next restart: one that is repeated then is counted twice.
  it("never alter a view that fills a table: they drop it and create it anew", () => {
    assert.deepEqual(
      migrations.filter((path) => /\bMODIFY\s+QUERY\b/i.test(withoutTexts(readText(path)))),
      [],
    );
  });

  it("say of every table and every column what it holds", () => {
    assert.deepEqual(
      migrations.flatMap((path) => uncommented(readText(path)).map((what) => `${path}: ${what}`)),
      [],
    );
  });

  it("are found out: a column or a table without its comment is named", () => {
    assert.deepEqual(
      uncommented("CREATE TABLE t\n(\n  a Int8 COMMENT 'x, y)',\n  b Map(String, Int8)\n) ENGINE = Memory"),
      ["b", "the table"],
    );
  });
});
