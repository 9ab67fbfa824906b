import { z } from "zod";

/** A file of sql/queries that answers nothing: what it is asked with. */
export interface Statement<Params extends z.ZodRawShape = z.ZodRawShape> {
  /** `<room>/<name>` of the file. */
  readonly name: string;
  readonly params: Params;
  /** Whether it can be asked as of an instant: then raw rows answer, and not what was summed up. */
  readonly asOf?: true;
}

/** The types of a query: of what it is asked with, and of its rows. */
interface QueryTypes<Params extends z.ZodRawShape, Row extends z.ZodRawShape> {
  readonly params: Params;
  readonly row: Row;
  readonly asOf?: true;
  readonly once?: true;
}

/** A file of sql/queries as a function: what it is asked with and what a row of its answer holds. */
export interface Query<
  Params extends z.ZodRawShape = z.ZodRawShape,
  Row extends z.ZodRawShape = z.ZodRawShape,
> extends Statement<Params> {
  readonly row: Row;
  readonly format: "JSONEachRow";
  /** Whether a view that needs the answer in several places asks once: nobody changes its rows. */
  readonly once?: true;
}

/** A query that answers with millions of numbers: readBinary reads them one by one, in the order of the row. */
export interface BinaryQuery<Params extends z.ZodRawShape = z.ZodRawShape> extends Statement<Params> {
  readonly row: z.ZodRawShape;
  readonly format: "RowBinary";
}

/** Values by name: of what a query is asked with, or of a row. */
export type ValuesOf<Shape extends z.ZodRawShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

/** A row of a query. */
export type RowOf<Asked extends { readonly row: z.ZodRawShape }> = ValuesOf<Asked["row"]>;

/** Whatever a file of sql/queries can be. */
export type Definition = Statement | Query | BinaryQuery;

const defined = new Map<string, Definition>();

/**
 * Says what sql/queries/<name>.sql takes and what it answers. The program trusts that: a test holds every query against the names and types
 * that the server gives, so that no row needs to be looked at twice. @throws Error when the file is defined already
 */
export function defineQuery<Params extends z.ZodRawShape, Row extends z.ZodRawShape>(
  name: string,
  types: QueryTypes<Params, Row>,
): Query<Params, Row> {
  return register({ name, ...types, format: "JSONEachRow" });
}

/** The same for a query that readBinary reads. */
export function defineBinaryQuery<Params extends z.ZodRawShape>(
  name: string,
  types: QueryTypes<Params, z.ZodRawShape>,
): BinaryQuery<Params> {
  return register({ name, ...types, format: "RowBinary" });
}

/** The same for a statement. */
export function defineStatement<Params extends z.ZodRawShape>(
  name: string,
  types: { readonly params: Params },
): Statement<Params> {
  return register({ name, ...types });
}

function register<Defined extends Definition>(query: Defined): Defined {
  if (defined.has(query.name)) throw new Error(`sql/queries/${query.name}.sql is defined twice`);
  defined.set(query.name, query);
  return query;
}

/** Every query that the modules which are loaded define. @public for the test that holds them against the server */
export function definedQueries(): readonly Definition[] {
  return [...defined.values()];
}

/** What a comparison answers. */
export const flag = z.literal([0, 1]);

/** A list that is asked with. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
