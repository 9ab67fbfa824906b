import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { Secret } from "../../src/secret.js";
import { definedQueries, flag, listOf, type Definition } from "../../src/store/clickhouse/define-query.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { queryText } from "../../src/store/clickhouse/sql-files.js";
import { openStore, type Store } from "../../src/store/store.js";
import { basicTypes, isAsked, isBinary, isGiven, typicalValue } from "../helpers/column-types.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";
import { listFiles } from "../helpers/source-tree.js";

interface Column {
  readonly name: string;
  readonly type: string;
}

let [database, store] = [] as unknown as [ScratchDatabase, Store];

before(async () => {
  // Whoever is loaded defines what it asks.
  for (const path of listFiles("src/store", ".ts"))
    await import(new URL(`../../${path.replace(/ts$/, "js")}`, import.meta.url).href);
  database = await scratchDatabase();
  const url = new Secret(database.url);
  await migrate(url);
  store = openStore(url);
});

after(async () => {
  await store.close();
  await database.drop();
});

const ask = async <Row>(query: string, query_params: Record<string, unknown> = {}) =>
  (await store.client.query({ query, query_params, format: "JSONEachRow" })).json<Row>();

/** Parameters of a text with their types, as it names them. */
const parametersOf = (text: string) =>
  new Map([...text.matchAll(/\{(\w+):([^{}]+)\}/g)].map(([, name = "", type = ""]) => [name, type]));

async function describe(text: string): Promise<readonly Column[]> {
  const values = [...parametersOf(text)].map(([name, type]) => [name, typicalValue(type)] as const);
  return ask<Column>(`DESCRIBE TABLE (${text}\n)`, Object.fromEntries(values));
}

/** What is wrong with the rows of a definition, as sentences. */
function rowProblems(query: Definition, columns: readonly Column[]): string[] {
  if (!("row" in query)) return [];
  const [said, given] = [Object.keys(query.row), columns.map(({ name }) => name)];
  const inOrder = query.format === "RowBinary" ? (names: string[]) => names : (names: string[]) => names.toSorted();
  if (inOrder(said).join() !== inOrder(given).join())
    return [`${query.name} says ${said.join(", ")}: the server gives ${given.join(", ")}`];
  const fits = query.format === "RowBinary" ? isBinary : isGiven;
  return columns
    .filter(({ name, type }) => !fits(type, query.row[name]!))
    .map(({ name, type }) => `${query.name}: ${name} is ${type}`);
}

test("every file of sql/queries has one definition, and every definition a file", () => {
  const files = listFiles("sql/queries", ".sql").map((file) => file.slice("sql/queries/".length, -".sql".length));
  assert.deepEqual(
    definedQueries()
      .map(({ name }) => name)
      .toSorted(),
    files.toSorted(),
  );
});

test("every query is asked with the parameters that its text names, each of its type", () => {
  const problems = definedQueries().flatMap(({ name, params }) => {
    const named = parametersOf(queryText(name));
    if ([...named.keys()].toSorted().join() !== Object.keys(params).toSorted().join())
      return [
        `${name} is asked with ${Object.keys(params).join(", ")}: its text names ${[...named.keys()].join(", ")}`,
      ];
    return [...named]
      .filter(([one, type]) => !isAsked(type, params[one]!))
      .map(([one, type]) => `${name}: ${one} is ${type}`);
  });
  assert.deepEqual(problems, []);
});

test("every query answers with the columns that its definition names, each of the type that it says", async () => {
  const problems: string[] = [];
  const basic = new Set<string>();
  for (const query of definedQueries()) {
    if (!("row" in query)) continue;
    const columns = await describe(queryText(query.name));
    problems.push(...rowProblems(query, columns));
    for (const { type } of columns) for (const one of basicTypes(type)) basic.add(one);
  }
  assert.deepEqual(problems, []);
  // What the types are for the program is what our client makes of them.
  for (const type of basic) {
    const [row] = await ask<{ value: unknown }>(`SELECT defaultValueOfTypeName({type:String}) AS value`, { type });
    const expected = /^(U?Int|Float)/.test(type) ? "number" : type === "Bool" ? "boolean" : "string";
    assert.equal(typeof row?.value, expected, type);
  }
});

test("as of an instant no query reads what is summed up, and every one answers with the same columns", async () => {
  const views = await ask<{ relation: string }>(
    "SELECT replaceOne(name, '_as_of', '') AS relation FROM system.tables WHERE database = currentDatabase() AND endsWith(name, '_as_of')",
  );
  const summed = new RegExp(`\\b(${views.map(({ relation }) => relation).join("|")})\\b`);
  const past = definedQueries().filter(({ asOf }) => asOf);
  for (const query of past) {
    const text = queryText(query.name, true);
    assert.doesNotMatch(text.replaceAll(/^ *--.*$/gm, ""), summed, query.name);
    assert.deepEqual(rowProblems(query, await describe(text)), []);
  }
  assert.ok(views.length > 0 && past.length > 0);
});

test("a column is told from one that is larger, may be null, or holds other names", () => {
  const fits = [
    isGiven("UInt64", z.number()),
    isGiven("Array(LowCardinality(String))", z.array(z.string())),
    isGiven("Nullable(Float64)", z.number().nullable()),
    isGiven("Enum8('a' = 1, 'b' = 2)", z.enum(["b", "a"])),
    isGiven("Tuple(at UInt32, SimpleAggregateFunction(sum, UInt64))", z.tuple([z.number(), z.number()])),
    isBinary("Array(Float64)", z.array(z.number())),
    isAsked("Array(DateTime('UTC'))", listOf(z.number())),
  ];
  const strange = [
    isGiven("Nullable(UInt64)", z.number()),
    isGiven("String", z.number()),
    isGiven("Bool", flag),
    isGiven("Enum8('a' = 1, 'b' = 2)", z.enum(["a"])),
    isGiven("Array(String)", z.array(z.number())),
    isBinary("Array(UInt64)", z.array(z.number())),
    isAsked("DateTime64(3, 'UTC')", z.number()),
  ];
  assert.deepEqual([new Set(fits), new Set(strange)], [new Set([true]), new Set([false])]);
});
