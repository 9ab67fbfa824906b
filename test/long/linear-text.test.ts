import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, it } from "node:test";
import { cleanText } from "../../src/text/clean-text.js";
import { holdsRawKey } from "../../src/text/secret/raw-key-finder.js";
import { LONGEST_SECRET, maskSecrets } from "../../src/text/secret/secret-shape.js";
import { repeatTo, tellGrowth } from "../helpers/growth.js";
import { TEXT_READERS } from "../helpers/text-readers.js";
import { WORST_UNITS } from "../helpers/worst-texts.js";

/** Of a reader and a text that is repeated, what grows faster than the text. */
function tellOf(read: (text: string) => unknown, unit: string): string | null {
  return tellGrowth((length) => {
    const text = repeatTo(length, unit);
    return () => read(text);
  });
}

describe("twice the text takes twice the time", () => {
  for (const [name, unit] of Object.entries(WORST_UNITS)) {
    it(`to mask secrets in: ${name}`, () => assert.equal(tellOf(maskSecrets, unit), null));
    it(`to look for a raw key in: ${name}`, () => {
      const rawKey = `${repeatTo(500, unit)}x`;
      assert.equal(
        tellOf((text) => holdsRawKey(text, rawKey), unit),
        null,
      );
    });
  }

  for (const [name, read] of Object.entries(TEXT_READERS)) {
    it(`for ${name}, whatever the text`, () => {
      const slow = Object.entries(WORST_UNITS).flatMap(([unit, text]) => {
        const told = tellGrowth((length) => read(repeatTo(length, text)), 1024);
        return told === null ? [] : [`${unit}: ${told}`];
      });
      assert.deepEqual(slow, []);
    });
  }

  it("to mask secrets in what chance puts together", () => {
    const pieces = Object.values(WORST_UNITS);
    const draw = () => pieces[randomInt(pieces.length)]!;
    const slow = Array.from({ length: 60 }, () => Array.from({ length: randomInt(1, 5) }, draw).join("")).flatMap(
      (unit) => {
        const told =
          tellOf((text) => maskSecrets(text), unit) ?? tellOf((text) => holdsRawKey(text, unit.padEnd(40, unit)), unit);
        return told === null ? [] : [`${JSON.stringify(unit)}: ${told}`];
      },
    );
    assert.deepEqual(slow, []);
  });
});

describe("a text is cut before it is looked at", () => {
  const secret = ["ghp", "a1B2c3D4e5F6g7H8i9J0".repeat(2)].join("_");

  it("at its cap and the longest secret: what stands behind that costs nothing", () => {
    assert.equal(cleanText(`${"a ".repeat((256 + LONGEST_SECRET) / 2)}${secret}`, 256).masked, false);
    assert.equal(cleanText(`${"a ".repeat(256)}${secret}`, 256).masked, true);
  });

  it("and nothing of a secret is left where the cut goes through it", () => {
    for (let before = 200; before < 300; before += 1) {
      const kept = cleanText(`${"a".repeat(before)} ${secret} ${"b".repeat(5000)}`, 256).text;
      assert.ok(kept.length <= 256 && !kept.includes("gh"), kept.slice(190));
    }
  });
});
