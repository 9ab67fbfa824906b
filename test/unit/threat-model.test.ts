import assert from "node:assert/strict";
import { test } from "node:test";
import { listFiles, readText } from "../helpers/source-tree.js";

const ACTORS = [
  "An attacker with a key",
  "The gateway's clients",
  "The holder of an ingest token",
  "Anyone who reaches the port",
  "A web page in an operator's browser",
  "A proxy in between",
  "Another user or program on the machine",
  "An analyst",
  "An insider",
  "A wrong clock, a slow shipper, an outage",
];
const text = readText("SECURITY.md");
const rows = text.split("\n").filter((line) => /^\| (?:can|cannot) \|/.test(line));
/** `[name](file): "test"`; a name that ends in … begins so. */
const references = [...text.matchAll(/\]\((test\/[^)]+)\): "([^"]+)"/g)].map(
  ([, file, name]) => [file!, name!] as const,
);

test("the threat model has a table for each actor, of what they can and cannot do", () => {
  const headings = [...text.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading!);
  assert.deepEqual(headings, ACTORS);
  const sections = text.split(/^##+ /m).filter((section) => ACTORS.some((actor) => section.startsWith(actor)));
  for (const section of sections) assert.match(section, /^\| cannot \|/m, section.slice(0, 40));
});

test("each row of what somebody cannot do names a test", () => {
  const unproven = rows.filter((row) => row.startsWith("| cannot |") && !/\]\(test\//.test(row));
  assert.deepEqual(unproven, []);
});

test("every test that the threat model names is there, under that name", () => {
  assert.equal(
    references.length,
    [...text.matchAll(/\]\(test\//g)].length,
    "each link is followed by a name in quotes",
  );
  const known = new Set(
    listFiles("test", ".test.ts").flatMap((file) =>
      [...readText(file).matchAll(/\b(?:test|it)\(\s*["`](.*)["`],/g)].map(([, name]) => `${file} ${name}`),
    ),
  );
  const isThere = (wanted: string) =>
    wanted.endsWith("…") ? [...known].some((one) => one.startsWith(wanted.slice(0, -1))) : known.has(wanted);
  const missing = references.map(([file, name]) => `${file} ${name}`).filter((wanted) => !isThere(wanted));
  assert.deepEqual(missing, []);
});
