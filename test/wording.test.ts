import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOf, literalsOf, sqlCommentsOf, type TextPiece } from "./helpers/public-text.js";
import { listFiles, readText } from "./helpers/source-tree.js";

/** What text says no more, and what it says instead. The reader is a security engineer at 02:00. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\bheard\b/i, "reporting; no events received"],
  // A page that is sent as part of another is found by this text.
  [/\btold\b(?! in $)/i, "notified"],
  [/\bstrangers?\b/i, "unknown source"],
  [/\b(?:thief|thieves)\b/i, "attacker"],
  [/(?<!\/)\bdossiers?\b/i, "investigation"],
  [/\bdearest\b/i, "most expensive"],
  [/\b(?:speaks?|spoke)\b/i, "signals"],
  [/\bsaid\b(?!=)/i, "recorded; reported"],
  [/\b(?:lies|lie between|lie in|lie before)\b/i, "is; must be"],
  [/\bsleeps?\b/i, "unused since"],
  [/\bcalm\b/i, "OK"],
  [/\bHID\b/, "SUPPRESSED"],
  [/\bunlike itself\b/i, "unusual for this key"],
  [/\bon top of usual\b/i, "on top of its normal traffic"],
  [/\bon file\b/i, "on record"],
  [/\bfor ever\b/i, "indefinitely"],
  [
    /\bnobody (?:is on|was|told|said|granted|registered|made|judged|here)\b/i,
    "say what is not there: no owner on record",
  ],
  [/\bwhat to do\b/i, "next steps"],
  [/\bbad news\b/i, "a problem was found"],
  [/\bdoes not fit\b/i, "invalid"],
  [/\b(?:is|are) not known\b/i, "unknown"],
  [/\bgo(?:es)? on\b/i, "continues"],
  [/\banew\b/i, "again"],
  [/\bgiven up\b/i, "abandoned"],
  [/\bthe very\b/i, "the same"],
  [/\bintake\b/i, "ingest; the queue"],
  [/\b(?:new|another|at) homes?\b/i, "ISP address; residential address"],
  [/\bwhoever\b/i, "an attacker; anyone who"],
  [/\bnot (?:un|without|nothing|no)\b/i, "say it without two negations"],
  [/\balways left\b/i, "never closer than"],
];

/** Names that public data had, wherever they stand: fields, settings, jobs. */
const RETIRED_NAMES =
  /\b(?:what_spoke|how_sure|in_short|why_again|cost_if_it_goes_on|never_touched_before|changed_lately|used_since_then|networks_now|networks_before|known_sources|requests_of_strangers|new_homes|is_stranger|adaptive_thief|heard_days|PLIMSOLL_GROUP_\w+|tell-changes|keep-incident-events|queue-blocks)\b/;
/** It says what the former names of settings are called now. */
const NAMES_OLD_SETTINGS = "src/unknown-setting.ts";

/** A word by itself in small letters is an identifier; so is what stands behind a dot or hyphens, and a class of the style sheet. Scripts are code. */
function proseOf(text: string): string {
  if (text.includes("redis.call(")) return "";
  if (/^[\w./:*-]*$/.test(text) && text !== text.toUpperCase() && !/^[A-Z]/.test(text)) return "";
  return text.replace(/\bclass="[^"]*"/g, "").replace(/(?<=[.$]|--)[\w-]+/g, "");
}

const faultsIn = (path: string, pieces: readonly TextPiece[]): string[] =>
  pieces.flatMap(({ line, text }) =>
    RETIRED.filter(([word]) => word.test(proseOf(text))).map(
      ([word, instead]) =>
        `${path}:${line}: ${word.exec(proseOf(text))?.[0]} → ${instead}: ${text.trim().slice(0, 120)}`,
    ),
  );

/** A document without code, quotations and addresses of links; what is left stands on its line. */
function withoutQuotes(document: string): string {
  return document
    .replace(/^```[^]*?^```$/gm, (code) => code.replace(/[^\n]+/g, ""))
    .replace(/`[^`\n]*`|"[^"\n]*"|\]\([^)\n]*\)/g, "");
}

const code = ["src", "jobs"].flatMap((folder) => listFiles(folder, ".ts"));

describe("retired words stand", () => {
  it("in no text of the program", () =>
    assert.deepEqual(
      code.flatMap((path) => faultsIn(path, literalsOf(readText(path)))),
      [],
    ));

  it("in no comment of a table, view or column", () =>
    assert.deepEqual(
      listFiles("sql/migrations", ".sql").flatMap((path) => faultsIn(path, sqlCommentsOf(readText(path)))),
      [],
    ));

  it("in no deployment file and on no dashboard", () =>
    assert.deepEqual(
      ["docker-compose.yml", ...listFiles("docs/grafana", ".json")].flatMap((path) =>
        faultsIn(path, linesOf(readText(path))),
      ),
      [],
    ));

  it("in no document, but where it quotes or shows code", () =>
    assert.deepEqual(
      ["README.md", "SECURITY.md", ...listFiles("docs", ".md")].flatMap((path) =>
        faultsIn(path, linesOf(withoutQuotes(readText(path)))),
      ),
      [],
    ));

  it("nowhere as the name of a field, setting or job", () =>
    assert.deepEqual(
      [...code, ...listFiles("sql", ".sql"), "docker-compose.yml"]
        .filter((path) => path !== NAMES_OLD_SETTINGS)
        .flatMap((path) =>
          linesOf(readText(path))
            .filter(({ text }) => RETIRED_NAMES.test(text))
            .map(({ line, text }) => `${path}:${line}: ${text.trim()}`),
        ),
      [],
    ));
});

describe("this test itself", () => {
  const faults = (text: string) => faultsIn("x.ts", literalsOf(text)).map((fault) => fault.split(":")[1]);

  it("finds a retired word in every kind of text, on its line", () => {
    assert.deepEqual(faults('a;\nconst b = "you were told";'), ["2"]);
    assert.deepEqual(faults("const b = 'a thief took it';"), ["1"]);
    assert.deepEqual(faults("x = `of\n${y ? `${n} strangers` : ''} and what was heard\nlater`;"), ["2", "2"]);
    assert.deepEqual(faults('const head = { title: "TOLD" };'), ["1"]);
    assert.deepEqual(faults("a[0]! / 2; b(/[/`'\"]/.test(c), `was not heard ${d / e}`);"), ["1"]);
    assert.equal(faultsIn("x.sql", sqlCommentsOf("a UInt8 COMMENT 'NULL when nobody told'")).length, 2);
  });

  it("leaves alone what nobody reads: identifiers, comments, patterns, modules, classes", () => {
    assert.deepEqual(
      faults('import { told } from "./what was told.js"; // told\nif (kind === "told") heard(told);'),
      [],
    );
    assert.deepEqual(
      faults('/* heard */ const at = /who told/; await import("./a stranger.js"); x = `<p class="said">`;'),
      [],
    );
    assert.deepEqual(faults('const url = `${base}/dossier`; const view = "SELECT * FROM key_dossier(1)";'), []);
  });

  it("knows the names of public fields that are gone wherever they stand", () => {
    assert.match("  what_spoke: signals,", RETIRED_NAMES);
    assert.doesNotMatch("somewhat_spoken", RETIRED_NAMES);
  });
});
