import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breachesOf, findCycle, findRoomCycle, roomOf } from "./helpers/rooms.js";
import { listFiles, parseImports, readSources, readText, type SourceFile } from "./helpers/source-tree.js";

const LONGEST_FILE = 200;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/;
/** Words that say nothing about what a file does. */
const EMPTY_WORDS = /^(utils?|helpers?|common|manager|service|handler|misc)$/;

const product = [...readSources("src"), ...readSources("jobs")];
const tests = readSources("test");

const importersOf = (files: readonly SourceFile[], matches: (target: string) => boolean) =>
  files.filter(({ imports }) => imports.some(({ target }) => matches(target))).map(({ path }) => path);

describe("imports", () => {
  it("keep to the table", () => assert.deepEqual(product.flatMap(breachesOf), []));

  it("make no cycle", () => assert.deepEqual(findCycle(product), []));

  it("make no cycle between rooms", () => assert.deepEqual(findRoomCycle(product), []));

  it("read a query only where the room has it: sql/queries/<room> beside store/<room>", () => {
    const strays = product
      .filter(({ path }) => path.startsWith("src/"))
      .flatMap(({ path }) => {
        const names = listFiles("sql/queries", ".sql").map((file) => file.slice("sql/queries/".length, -".sql".length));
        const text = readText(path);
        return names
          .filter((name) => text.includes(`"${name}"`) && roomOf(path).split("/")[1] !== name.split("/")[0])
          .map((name) => `${path} reads ${name}`);
      });
    assert.deepEqual(strays, []);
  });

  it("reach the command line's file from nowhere", () => {
    assert.deepEqual(
      importersOf([...product, ...tests], (target) => target === "src/main.ts"),
      [],
    );
  });

  it("bring luxon into src/time only", () => {
    const importers = importersOf(product, (target) => target === "luxon");
    assert.deepEqual(
      importers.filter((path) => !path.startsWith("src/time/")),
      [],
    );
  });

  it("go past no barrel: jobs/index.ts is the only index, and nobody hands on another's exports", () => {
    const barrels = product.filter(
      ({ path, imports }) => path.endsWith("/index.ts") || imports.some((one) => one.reExport),
    );
    assert.deepEqual(
      barrels.map(({ path }) => path).filter((path) => path !== "jobs/index.ts"),
      [],
    );
  });
});

describe("files", () => {
  it("are named in kebab case, with words that say what they do", () => {
    const poor = [...product, ...tests].filter(({ path }) => {
      const words = path.replace(/(\.test)?\.ts$/, "").split(/[/-]/);
      const isEmpty = path.startsWith("test/") ? () => false : (word: string) => EMPTY_WORDS.test(word);
      return !KEBAB_CASE.test(path.split("/").at(-1) ?? "") || words.some(isEmpty);
    });
    assert.deepEqual(
      poor.map(({ path }) => path),
      [],
    );
  });

  it(`have at most ${LONGEST_FILE} lines`, () => {
    const long = [...product, ...tests].filter(({ lines }) => lines > LONGEST_FILE);
    assert.deepEqual(
      long.map(({ path, lines }) => `${path}: ${lines}`),
      [],
    );
  });
});

/** A file as it would be if one were put elsewhere: its own imports lead where they led, and those of it to where it is now. */
function moved(one: SourceFile, from: string, to: string): SourceFile {
  const imports = one.imports.map((each) => (each.target === from ? { ...each, target: to } : each));
  return { ...one, imports, path: one.path === from ? to : one.path };
}

describe("this test itself", () => {
  const file = (path: string, text: string): SourceFile => ({ path, lines: 1, imports: parseImports(path, text) });

  it("sees every way of importing, and a breach of the table by each", () => {
    const text = `import {\n  a,\n} from "../store/check/a.js";\nexport * from "../page/b.js";\nconst c = await import("../http/c.js");\nimport "../queue/d.js";`;
    const breaches = breachesOf(file("src/detect/x.ts", text)).map((breach) => breach.split(" ").at(-1) ?? "");
    assert.deepEqual(breaches.sort(), ["src/http/c.ts", "src/page/b.ts", "src/queue/d.ts", "src/store/check/a.ts"]);
  });

  it("allows a type where the table says (type), and only a type", () => {
    assert.deepEqual(breachesOf(file("jobs/x.ts", 'import type { App } from "../src/app.js";')), []);
    assert.deepEqual(breachesOf(file("jobs/x.ts", 'import { type App } from "../src/app.js";')), []);
    assert.equal(breachesOf(file("jobs/x.ts", 'import { openApp } from "../src/app.js";')).length, 1);
  });

  it("fails when a file is put into the wrong room: three that were", () => {
    for (const [from, to] of [
      ["src/pipeline/check/leak/judge-span.ts", "src/pipeline/learn/judge-span.ts"],
      ["src/pipeline/page/deliver-pages.ts", "src/pipeline/check/facts/deliver-pages.ts"],
      ["src/page/compose/page-details.ts", "src/store/page/page-details.ts"],
    ] as const) {
      const strange = product.map((one) => moved(one, from, to));
      const breaches = strange.flatMap(breachesOf);
      assert.ok(breaches.length > 0 || findRoomCycle(strange).length > 0, `${from} as ${to}`);
    }
  });

  it("finds a cycle, and a column without a comment", () => {
    const ring = [
      file("src/model/a.ts", 'import { b } from "./b.js";'),
      file("src/model/b.ts", 'import { a } from "./a.js";'),
    ];
    assert.deepEqual(findCycle(ring), ["src/model/a.ts", "src/model/b.ts", "src/model/a.ts"]);
  });
});
