import type { ClickHouseClient } from "../../src/store/clickhouse/clickhouse.js";

/** What statements read, by ClickHouse's own count: unlike time it is the same on a busy machine. */
export interface ReadFigures {
  readonly rows: number;
  readonly bytes: number;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type Statement = (params: unknown) => Promise<{ readonly response_headers?: Headers }>;

/** Counts what a client's statements read, during a work, until it is closed. */
export function meterReads(client: ClickHouseClient) {
  let [rows, bytes] = [0, 0];
  const counted = (run: Statement): Statement => {
    return async (params) => {
      const result = await run(params);
      const summary = result.response_headers?.["x-clickhouse-summary"];
      if (typeof summary !== "string") throw new Error("ClickHouse did not say what a statement read");
      const read = JSON.parse(summary) as { read_rows: string; read_bytes: string };
      [rows, bytes] = [rows + Number(read.read_rows), bytes + Number(read.read_bytes)];
      return result;
    };
  };
  const { query, command, insert } = client;
  const [asks, orders, inserts] = [query, command, insert].map((run) => counted((run as Statement).bind(client)));
  Object.assign(client, { query: asks, command: orders, insert: inserts });
  return {
    async during(work: () => Promise<unknown>): Promise<ReadFigures> {
      [rows, bytes] = [0, 0];
      await work();
      return { rows, bytes };
    },
    close: () => void Object.assign(client, { query, command, insert }),
  };
}
