import { readdirSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { ownFile } from "../../own-files.js";
import type { Query, ValuesOf } from "./define-query.js";

const root = ownFile("sql/");

/** One numbered file of sql/migrations: exactly one statement. */
export interface Migration {
  readonly name: string;
  readonly statement: string;
}

/** All migrations in the order in which they are applied. */
export function readMigrations(): readonly Migration[] {
  return readdirSync(new URL("migrations/", root))
    .filter((file) => file.endsWith(".sql"))
    .toSorted()
    .map((file) => ({
      name: file.slice(0, -4),
      statement: readFileSync(new URL(`migrations/${file}`, root), "utf8").trim(),
    }));
}

/** A materialized view over traffic, the table that it fills, and the SELECT that it fills it by. */
export interface Fill {
  readonly view: string;
  readonly table: string;
  readonly select: string;
}

const MAKES_FILL = /^(?:--.*\n)*CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO (\w+) AS\s+(SELECT\b[^]*)$/;
const CHANGES_FILL = /^(?:--.*\n)*ALTER TABLE (\w+) MODIFY QUERY\s+(SELECT\b[^]*)$/;
const DROPS_VIEW = /^(?:--.*\n)*DROP VIEW IF EXISTS (\w+)$/;
/** Findings are filed one by one, in a backtest as live: nothing is to be summed up afterwards. */
const OF_FINDINGS = /\bFROM finding_records\b/;

/** Whether a migration makes, changes or drops a view that sums up traffic in a table. */
export function isFill({ statement }: Migration): boolean {
  const shapes = [MAKES_FILL, CHANGES_FILL, DROPS_VIEW];
  return shapes.some((shape) => shape.test(statement)) && !OF_FINDINGS.test(statement);
}

/** Every view that sums up traffic in a table once all migrations are applied, by its newest SELECT; each comes after those that it reads from. */
export function readFills(): readonly Fill[] {
  const fills = new Map<string, Fill>();
  for (const { statement } of readMigrations().filter(isFill)) {
    const [, made, table, select] = MAKES_FILL.exec(statement) ?? [];
    if (made !== undefined) fills.set(made, { view: made, table: table!, select: select! });
    const [, changed, newSelect] = CHANGES_FILL.exec(statement) ?? [];
    if (changed !== undefined) fills.set(changed, { ...fills.get(changed)!, select: newSelect! });
    fills.delete(DROPS_VIEW.exec(statement)?.[1] ?? "");
  }
  return [...fills.values()];
}

/**
 * Relations that also exist as parameterised views over raw rows: what they held as of an instant. Their names are replaced in the text, for no
 * parameter can stand where a relation is called, and a view that could be both would read raw rows where roll-ups are asked for.
 */
const AS_OF_RELATIONS =
  /\b(FROM|JOIN) (usage_minutes|usage_hours|source_minutes|route_minutes|client_minutes|refused_minutes|caller_minutes|first_seen|used_keys|ingest_coverage|provider_usage)\b/g;

const texts = new Map<string, string>();

/**
 * The text of sql/queries/<name>.sql, read once.
 * With `asOf`, roll-ups are replaced by what raw rows gave at {as_of}.
 */
export function queryText(name: string, asOf = false): string {
  const text = readQuery(name);
  return asOf ? text.replace(AS_OF_RELATIONS, "$1 $2_as_of(as_of = {as_of:DateTime64(3, 'UTC')})") : text;
}

function readQuery(name: string): string {
  let text = texts.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`queries/${name}.sql`, root), "utf8").trim();
    texts.set(name, text);
  }
  return text;
}

/** A query with its parameters written in, as an analyst can paste it into any ClickHouse client. */
export function printQuery<Params extends z.ZodRawShape>({ name }: Query<Params>, params: ValuesOf<Params>): string {
  const values: Readonly<Record<string, unknown>> = params;
  return queryText(name)
    .split("\n")
    .map((line) => {
      const print = line.trimStart().startsWith("--") ? plain : literal;
      return line.replace(/\{(\w+)(:[^}]+)?\}/g, (written, param: string) =>
        param in values ? print(values[param]) : written,
      );
    })
    .join("\n");
}

/** As a comment names it: an instant to the second, UTC, and of everything else what SQL has. */
function plain(value: unknown): string {
  return value instanceof Date ? value.toISOString().slice(0, 19).replace("T", " ") : literal(value);
}

function literal(value: unknown): string {
  if (value instanceof Date) return `toDateTime64('${value.toISOString().replace("T", " ").slice(0, -1)}', 3, 'UTC')`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "number") return String(value);
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}
