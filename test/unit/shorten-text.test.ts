import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { shortenAround, shortenText } from "../../src/text/shorten-text.js";
import { namedKey, plainHeadline } from "../../src/model/finding/headline.js";
import { pageSummary } from "../../src/page/compose/page-summary.js";
import { finding, T } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";

const amounts = (text: string) => text.match(/\$[\d,.]*\d/g) ?? [];

test("an amount of money is whole or not there, wherever a text is cut, and the first one stays while there is room for it", () => {
  const words = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 12 });
  const cents = fc.integer({ min: 0, max: 99_999_999 });
  fc.assert(
    fc.property(words, cents, words, fc.integer({ min: 1, max: 120 }), (before, paid, after, most) => {
      const amount = `$${(paid / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
      const plain = (list: readonly string[]) => list.join(" ").replaceAll(/[$\s]+/g, " ");
      const text = `${plain(before)} ${amount} ${plain(after)}`;
      for (const short of [shortenText(text, most), shortenAround(text, most)]) {
        assert.ok(Array.from(short).length <= Math.max(most, 1), short);
        assert.deepEqual(
          amounts(short).filter((one) => one !== amount),
          [],
          short,
        );
        assert.doesNotMatch(short, /\$[\d,.]*…/u);
      }
      if (most >= amount.length + 3) assert.ok(shortenAround(text, most).includes(amount));
    }),
  );
  assert.equal(shortenText("used from 203.0.113.77/24 and others", 20), "used from…");
  assert.equal(shortenText("a-key-of-1234567890-characters", 10), "a-key-of-…");
});

test("a page's summary has the amount that a rule is about, however long the names beside it are", () => {
  const key = keyVersion({
    keyId: "k",
    display: "the-key-of-the-whole-billing-platform",
    owner: "payments and invoices",
  });
  const what = "$1,234.50 spent since 2026-03-08 00:00 in Europe/Berlin, by the rule of the finance department";
  const named = namedKey("k", key);
  const one = finding("error", T, { cause: "rule", headline: plainHeadline(named, what) });
  assert.match(pageSummary(one), /: \$1,234\.50 spent since .*…, since \d\d:\d\d UTC$/);
  const late = "by the rule of the finance department of the company, this has cost $1,234.50 today";
  const other = finding("error", T, { cause: "rule", headline: plainHeadline(named, late) });
  assert.match(pageSummary(other), /… \$1,234\.50, since \d\d:\d\d UTC$/);
});
