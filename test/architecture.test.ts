import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseImports, readSources, type SourceFile } from "./helpers/source-tree.js";

/**
 * Who may import whom. A folder may always import from itself; `x (type)` allows `import type` only; what is not in the
 * table may import nothing and fails.
 */
const stages = ["model", "time"];
const edges = ["model", "time", "secret", "log"];
const below = [...edges, "config", "baseline", "detect", "incident", "page", "store", "import", "queue", "pipeline"];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  time: ["model"],
  secret: [],
  log: ["model/secret-shape"],
  "token-list": ["secret"],
  config: ["secret", "token-list"],
  "live-settings": ["config", "store/watch-file", "token-list"],
  "work-log": ["log", "model", "pipeline", "store"],
  baseline: stages,
  detect: stages,
  incident: stages,
  page: edges,
  store: edges,
  import: edges,
  local: edges,
  queue: ["app (type)", "log", "store", "time"],
  pipeline: ["model", "time", "store", "baseline", "detect", "incident", "page"],
  http: ["pipeline", "store", "model", "time", "log"],
  web: ["pipeline", "store", "model", "time", "log"],
  jobs: ["queue/define-job", "pipeline"],
  app: [...below, "http", "web", "live-settings", "work-log"],
  commands: [...below, "http", "web", "app", "live-settings", "local"],
  main: [...below, "http", "web", "app", "commands", "local", "jobs"],
};

const LONGEST_FILE = 200;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/;
/** Words that say nothing about what a file does. */
const EMPTY_WORDS = /^(utils?|helpers?|common|manager|service|handler|misc)$/;

const product = [...readSources("src"), ...readSources("jobs")];
const tests = readSources("test");

/** `src/store/a/b.ts` -> `store`, `src/log.ts` -> `log`, `jobs/x.ts` -> `jobs`. */
const folderOf = (path: string) =>
  path.startsWith("jobs/") ? "jobs" : (path.split("/")[1] ?? "").replace(/\.ts$/, "");

/** The imports of a file that the table does not allow, as sentences. */
function breachesOf(file: SourceFile): string[] {
  const from = folderOf(file.path);
  const allowed = mayImport[from];
  if (allowed === undefined) return [`${file.path}: ${from} is not in the table`];
  return file.imports
    .filter(({ ours }) => ours)
    .filter(({ target, typeOnly }) => {
      const to = folderOf(target);
      const module = target.replace(/^src\//, "").replace(/\.ts$/, "");
      if (/^(src|jobs)\//.test(target) && to === from) return false;
      if (typeOnly && allowed.includes(`${to} (type)`)) return false;
      return !/^(src|jobs)\//.test(target) || !(allowed.includes(to) || allowed.includes(module));
    })
    .map(({ target }) => `${file.path} imports ${target}`);
}

/** The files of the first import cycle, or none. What the table allows as a type only closes no cycle. */
function findCycle(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (typeOnly && mayImport[folderOf(path)]?.includes(`${folderOf(target)} (type)`) === true) continue;
      const cycle = visit(target, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  return files.map((file) => visit(file.path, [])).find((cycle) => cycle.length > 0) ?? [];
}

const importersOf = (files: readonly SourceFile[], matches: (target: string) => boolean) =>
  files.filter(({ imports }) => imports.some(({ target }) => matches(target))).map(({ path }) => path);

describe("imports", () => {
  it("keep to the table", () => assert.deepEqual(product.flatMap(breachesOf), []));

  it("make no cycle", () => assert.deepEqual(findCycle(product), []));

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

describe("this test itself", () => {
  const file = (path: string, text: string): SourceFile => ({ path, lines: 1, imports: parseImports(path, text) });

  it("sees every way of importing, and a breach of the table by each", () => {
    const text = `import {\n  a,\n} from "../store/a.js";\nexport * from "../page/b.js";\nconst c = await import("../http/c.js");\nimport "../queue/d.js";`;
    const breaches = breachesOf(file("src/detect/x.ts", text)).map((breach) => breach.split(" ").at(-1) ?? "");
    assert.deepEqual(breaches.sort(), ["src/http/c.ts", "src/page/b.ts", "src/queue/d.ts", "src/store/a.ts"]);
  });

  it("allows a type where the table says (type), and only a type", () => {
    assert.deepEqual(breachesOf(file("src/queue/x.ts", 'import type { App } from "../app.js";')), []);
    assert.deepEqual(breachesOf(file("src/queue/x.ts", 'import { type App } from "../app.js";')), []);
    assert.equal(breachesOf(file("src/queue/x.ts", 'import { openApp } from "../app.js";')).length, 1);
  });

  it("finds a cycle, and a column without a comment", () => {
    const ring = [
      file("src/model/a.ts", 'import { b } from "./b.js";'),
      file("src/model/b.ts", 'import { a } from "./a.js";'),
    ];
    assert.deepEqual(findCycle(ring), ["src/model/a.ts", "src/model/b.ts", "src/model/a.ts"]);
  });
});
