import assert from "node:assert/strict";
import { test } from "node:test";
import { tableOf } from "../../src/web/layout.js";
import { html } from "../../src/web/markup.js";

const headsOf = (text: string) => [...text.matchAll(/<th[^>]*>\s*([^<]*?)\s*<\/th>/g)].map(([, name]) => name);
const cellsOf = (text: string) =>
  [...text.matchAll(/<td[^>]*data-head="([^"]*)"([^>]*)>/g)].map(([, name, rest]) => [name, rest!.includes("number")]);

test("figures stand below each other, those that are not known among them, and texts do not", () => {
  const { text } = tableOf(
    "T",
    ["Name", "Cost", "Status"],
    [
      ["a", "$1,200.50", "202"],
      ["b", "–", "none yet"],
      ["c", html`<span class="note">unknown</span>`, "500"],
    ],
  );
  const row = [
    ["Name", false],
    ["Cost", true],
    ["Status", false],
  ];
  assert.deepEqual(cellsOf(text), [...row, ...row, ...row]);
});

test("a column that says nothing in any row is left out, unless the list is sorted by it", () => {
  const sorts = { name: "Sorts", text: html`<a href="?">Sorts</a>`, sort: null };
  const { text } = tableOf(
    "T",
    ["A", "Empty", "B", "Also empty", sorts],
    [
      ["1", "", "x", html`${[]}`, ""],
      ["2", "", "", html``, ""],
    ],
  );
  assert.deepEqual(headsOf(text.replaceAll(/<\/?a[^>]*>/g, "")), ["A", "B", "Sorts"]);
  assert.equal(cellsOf(text).length, 6);
});
