import { readFileSync } from "node:fs";

/** One query of a dashboard, as its file has it. */
export interface DashboardQuery {
  /** The panel, variable or annotation that asks it. */
  readonly asker: string;
  readonly sql: string;
}

/** What a dashboard shows: a span (epoch seconds) at so many seconds a point, and the values of its variables. */
export interface DashboardView {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly variables: Readonly<Record<string, string>>;
}

interface Target {
  readonly rawSql: string;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly target: Target }[] };
}

/** Every query of a dashboard of docs/grafana: its panels', variables' and annotations'. */
export function dashboardQueries(file: URL): DashboardQuery[] {
  const { panels, templating, annotations } = JSON.parse(readFileSync(file, "utf8")) as Dashboard;
  return [
    ...panels.flatMap(({ title, targets }) => targets.map(({ rawSql }) => ({ asker: title, sql: rawSql }))),
    ...templating.list
      .filter(({ type }) => type === "query")
      .map(({ name, query }) => ({ asker: `variable ${name}`, sql: query })),
    ...annotations.list.map(({ name, target }) => ({ asker: `annotation ${name}`, sql: target.rawSql })),
  ];
}

/**
 * A query as Grafana and its plugin grafana-clickhouse-datasource send it: macros as pkg/macros/macros.go of the plugin writes them, variables
 * as Grafana's format `sqlstring` does. @throws Error naming what would be sent as it stands.
 */
export function asSent(sql: string, { from, to, step, variables }: DashboardView): string {
  const [begin, end] = [`toDateTime(${from})`, `toDateTime(${to})`];
  const sent = sql
    .replaceAll(/\$\{(\w+):sqlstring\}/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`there is no variable ${name}`);
      return `'${value.replaceAll("'", "''")}'`;
    })
    .replaceAll(/\$__timeFilter\((\w+)\)/g, (_, column: string) => `${column} >= ${begin} AND ${column} <= ${end}`)
    .replaceAll(
      /\$__timeInterval\((\w+)\)/g,
      (_, column: string) => `toStartOfInterval(toDateTime(${column}), INTERVAL ${step} second)`,
    )
    .replaceAll(/\$__fromTime\b/g, begin)
    .replaceAll(/\$__toTime\b/g, end);
  const left = /\$\S*/.exec(sent);
  if (left !== null) throw new Error(`${left[0]} is neither a macro nor a variable in a format that is known here`);
  return sent;
}
