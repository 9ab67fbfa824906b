import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { FORMATS } from "../../src/import/formats.js";
import { guessFormat, sampleOf, takeSample } from "../../src/import/record/guess-format.js";
import { readText } from "../../src/import/read-text.js";
import { logFixtures } from "../helpers/read-fixture.js";

const fixtures = logFixtures();

async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

describe("the format of a log", () => {
  it("has a fixture and a section with its command, each of them", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/importing-logs.md"), "utf8");
    assert.deepEqual(
      FORMATS.filter(({ name }) => !page.includes(`\nplimsoll import ${name} `)).map(({ name }) => name),
      [],
    );
    const missing = FORMATS.filter(({ name }) => !fixtures.some(({ format }) => format === name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  for (const { place, format, text } of fixtures) {
    it(`is recognised by itself and by no other: ${place}`, async () => {
      const sample = await sampleOf(text, true);
      const claimed = FORMATS.filter((one) => one.looksLike(sample) !== null).map(({ name }) => name);
      assert.deepEqual(claimed, FORMATS.some(({ name }) => name === format) ? [format] : []);
      assert.equal(guessFormat(sample)?.format, format);
    });

    it(`is recognised from its beginning, also behind a damaged line, and nothing of it is lost: ${place}`, async () => {
      const isJson = text.trim().startsWith("{");
      const one = isJson && format !== "ndjson" ? JSON.stringify(JSON.parse(text)) : text.trim();
      const many = `${isJson ? "{" : "damaged"}\n${`${one}\n`.repeat(400)}`;
      const { sample, whole } = await takeSample(inPieces(many, 10_000));
      assert.equal(guessFormat(sample)?.format, format);
      const spoken = await takeSample(inPieces(`starting up\n${many.slice(many.indexOf("\n") + 1)}`, 10_000));
      assert.equal(guessFormat(spoken.sample)?.format, format);
      let again = "";
      for await (const piece of whole) again += piece;
      assert.equal(again, many);
    });
  }

  it("is recognised behind lines that are too long to be read, wherever they stand", async () => {
    const { text } = fixtures.find((one) => one.format === "nginx" && !one.text.startsWith("{"))!;
    const [first = "", second = ""] = text.trim().split("\n");
    for (const length of [70_000, 200_000, 3_000_000]) {
      const long = first.replace("GET /", `GET /${"a".repeat(length)}/`);
      assert.ok(long.length > length);
      for (const lines of [
        [long, first, second],
        [first, long, second],
        [long, long, first, second, second],
      ]) {
        const { sample } = await takeSample(inPieces(`${lines.join("\n")}\n`, 100_000));
        assert.equal(guessFormat(sample)?.format, "nginx", `${length} ${lines.indexOf(long)}`);
      }
    }
  });

  it("is recognised in one document that is larger than a sample", async () => {
    const fixture = fixtures.find(({ place }) => place === "apim/gateway-logs.json")!;
    const { records } = JSON.parse(fixture.text) as { readonly records: readonly unknown[] };
    const document = JSON.stringify({ records: Array.from({ length: 500 }, () => records[0]) });
    const { sample } = await takeSample(inPieces(document, 10_000));
    assert.equal(guessFormat(sample)?.format, "apim");
  });

  it("is CloudTrail in whatever that is shipped", async () => {
    const folder = join(import.meta.dirname, "../../../test/fixtures/cloudtrail");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^README|\.(zip|bz2)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    assert.ok(files.length > 30);
    for (const file of files) {
      const { sample } = await takeSample(readText(file, () => undefined));
      assert.equal(guessFormat(sample)?.format, "cloudtrail", file);
    }
  });

  it("is not made up where there is none", async () => {
    for (const text of ["", "\n\n", "hello\nworld\n", '{"a":1}', "[]", "[[[[", "a,b,c\n1,2,3\n", "\u0000\u0001"]) {
      const { sample } = await takeSample(inPieces(text, 3));
      assert.equal(guessFormat(sample), null, JSON.stringify(text));
    }
  });
});
