import type { ClickHouseClient } from "./clickhouse-client.js";

/** Gives functions, each of which takes a client first, without it. */
export function bindTo(client: ClickHouseClient) {
  return <Rest extends readonly unknown[], Result>(run: (client: ClickHouseClient, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      run(client, ...rest);
}
