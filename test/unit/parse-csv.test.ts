import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array, asyncProperty, assert as check, constantFrom, nat, oneof, property, string } from "fast-check";
import { parseCsvLog } from "../../src/import/parse-csv-log.js";
import { parseCsv, type CsvRecord } from "../../src/import/parse-csv.js";
import type { JsonPiece } from "../../src/import/read-json-pieces.js";

const LINE_ENDS = ["\n", "\r\n", "\r"] as const;
const lineEnd = constantFrom(...LINE_ENDS);
const cell = oneof(
  string(),
  array(constantFrom('"', ",", "\r", "\n", "a", " ", "ü", "😀"), { maxLength: 6 }).map((of) => of.join("")),
);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const lineOf = (cells: readonly string[]) => cells.map(quoted).join(",");

/** A text in pieces, cut between any two characters. */
async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += length) yield characters.slice(at, at + length).join("");
}

async function readLog(text: string, length = 1000): Promise<JsonPiece[]> {
  const pieces: JsonPiece[] = [];
  for await (const some of parseCsvLog(inPieces(text, length))) pieces.push(...some);
  return pieces;
}

describe("a file of CSV", () => {
  it("gives the cells that were written, and the line on which each record begins, whatever its lines end with", () => {
    const rows = array(array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    check(
      property(rows, lineEnd, (given, end) => {
        let line = 1;
        const expected = given.map((cells): CsvRecord => {
          const begins = line;
          line += 1 + cells.join(",").split(/\r\n|\n|\r/).length - 1;
          return { line: begins, cells };
        });
        const told = expected.filter(({ cells }) => cells.some((one) => one.trim() !== ""));
        for (const last of ["", end]) assert.deepEqual(parseCsv(given.map(lineOf).join(end) + last), told);
      }),
    );
  });

  it("is refused with the line of the record whose quote is not closed, or goes on behind one", () => {
    for (const broken of ['"never closed\nx', '"closed"too early\n', 'be"fore\n']) {
      assert.deepEqual(parseCsv(`a,b\r\n"two\r\nlines",1\r\n\r\n1,${broken}`), { brokenLine: 5 }, broken);
    }
  });
});

describe("a log of CSV", () => {
  const header = " name ,value,empty";

  it("gives its rows wherever it is cut into pieces", async () => {
    await check(
      asyncProperty(array(cell, { minLength: 1, maxLength: 5 }), lineEnd, nat(20), async (given, end, length) => {
        const text = [header, ...given.map((one) => lineOf(["x", `=${one}`, "null"]))].join(end);
        const expected = given.map((one) => ({ value: { name: "x", value: `=${one}` } }));
        assert.deepEqual(await readLog(`\ufeff${text}`, length + 1), expected);
      }),
      { numRuns: 50 },
    );
  });

  it("loses a row to a broken quote, and nothing else", async () => {
    const row = (name: string) => `"${name}","1",""`;
    const good = (name: string) => ({ value: { name, value: "1" } });
    for (const [broken, problem] of [
      ['"b"ad","1",""', "open_quote"],
      ['"b"ad"er","1","2"', "not_json"],
      ['b"ad,1,', "open_quote"],
      ['b"a"d,1,', "not_json"],
    ]) {
      const text = [header, row("a"), broken, row("c"), row("d")].join("\n");
      for (const length of [1, 7, 1000]) {
        assert.deepEqual(
          await readLog(text, length),
          [good("a"), { problem }, good("c"), good("d")],
          `${broken} by ${length}`,
        );
      }
    }
  });

  it("loses the row alone whose quotation mark is never closed, wherever it stands and whatever is quoted behind it", async () => {
    const row = (name: number) => `${name},"x, y",""`;
    const plain = (name: number) => `${name},x,`;
    for (const rowOf of [row, plain]) {
      for (const end of LINE_ENDS) {
        const lines = Array.from({ length: 600 }, (_, n) => rowOf(n));
        lines[4] = '4,"x,';
        lines[590] = '590,x"y,"';
        for (const length of [1, 100, 100_000]) {
          const read = await readLog([header, ...lines].join(end), length);
          assert.equal(read.length, 600);
          const broken = read.flatMap((piece, at) => ("problem" in piece ? [[at, piece.problem]] : []));
          assert.deepEqual(broken.slice(0, 1), [[4, "open_quote"]]);
          assert.deepEqual(
            broken.slice(1).map(([at]) => at),
            [590],
          );
        }
      }
    }
  });

  it("refuses a row that has more cells than the header, as all behind a comma without quotes is in the wrong place", async () => {
    const text = [header, "a,1,", "b,1,234.56,x", "c,1,,,", "d,1"].join("\n");
    const good = (name: string) => ({ value: { name, value: "1" } });
    assert.deepEqual(await readLog(text), [good("a"), { problem: "too_many_cells" }, good("c"), good("d")]);
  });

  it("takes a cell of 10 MiB, and costs no more than the cell where it is never closed", async () => {
    const long = "x".repeat(10 * 2 ** 20);
    const read = await readLog(`${header}\na,"${long}",\nb,1,\n`, 65_536);
    assert.deepEqual(
      read.map((piece) => "value" in piece && Object.values(piece.value as object).map((text: string) => text.length)),
      [
        [1, long.length],
        [1, 1],
      ],
    );
    assert.deepEqual(await readLog(`${header}\na,1,\nb,"${long}`, 65_536), [
      { value: { name: "a", value: "1" } },
      { problem: "open_quote" },
    ]);
  });

  it("breaks off where what it is read from does, with the rows before and without half of one", async () => {
    const read: JsonPiece[] = [];
    async function* breaking(): AsyncGenerator<string> {
      yield `${header}\na,1,\nb,1`;
      await new Promise(setImmediate);
      throw new Error("the disk is gone");
    }
    await assert.rejects(async () => {
      for await (const some of parseCsvLog(breaking())) read.push(...some);
    }, /the disk is gone/);
    assert.deepEqual(read, [{ value: { name: "a", value: "1" } }]);
  });
});
