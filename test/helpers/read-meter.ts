import type { ClickHouseClient } from "../../src/store/clickhouse/clickhouse-client.js";

/** What statements read, by ClickHouse's own count: unlike time it is the same on a busy machine. */
export interface ReadFigures {
  readonly rows: number;
  readonly bytes: number;
}

type Statement = (params: unknown) => Promise<{ readonly response_headers?: Readonly<Record<string, unknown>> }>;
const STATEMENTS = ["query", "command", "insert"] as const;

/** Counts what a client's statements read, during a work, until it is closed. */
export function meterReads(client: ClickHouseClient) {
  let [rows, bytes] = [0, 0];
  for (const name of STATEMENTS) {
    const run = Reflect.get(client, name) as Statement;
    const counted: Statement = async (params) => {
      const result = await run.call(client, params);
      const summary = result.response_headers?.["x-clickhouse-summary"];
      if (typeof summary !== "string") throw new Error("ClickHouse did not say what a statement read");
      const read = JSON.parse(summary) as { read_rows: string; read_bytes: string };
      [rows, bytes] = [rows + Number(read.read_rows), bytes + Number(read.read_bytes)];
      return result;
    };
    Reflect.set(client, name, counted);
  }
  return {
    async during(work: () => Promise<unknown>): Promise<ReadFigures> {
      [rows, bytes] = [0, 0];
      await work();
      return { rows, bytes };
    },
    // The class has its own still.
    close: () => STATEMENTS.forEach((name) => Reflect.deleteProperty(client, name)),
  };
}
