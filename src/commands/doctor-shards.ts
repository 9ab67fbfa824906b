import type { Config } from "../config.js";
import { withinDeadline } from "../flow/deadline.js";
import { openServers, readClock } from "../store/clickhouse/clickhouse-client.js";
import { checkPlaces } from "../store/clickhouse/shard-places.js";
import type { Store } from "../store/store.js";
import { ANSWER_MS, diagnose, ok, type Diagnosis } from "./diagnosis.js";
import { readAgainst, type ClockReading } from "./doctor-judgements.js";

/** What is found of the shards after the first: whether each answers, its clock, and whether each is where it was. Nothing where there is one server. */
export async function examineShards(
  config: Config,
  store: Store,
): Promise<{ readonly diagnoses: readonly Diagnosis[]; readonly clocks: readonly ClockReading[] }> {
  const [, ...others] = openServers(config.CLICKHOUSE_URL);
  if (others.length === 0) return { diagnoses: [], clocks: [] };
  const clocks: ClockReading[] = [];
  try {
    const answers = await Promise.all(
      others.map(async (server, index) => {
        const name = `ClickHouse shard ${index + 2}`;
        return diagnose(name, "ClickHouse", async () => {
          const askedAt = Date.now();
          const there = await withinDeadline(ANSWER_MS, async () => readClock(server));
          clocks.push(readAgainst(name, there, askedAt));
          return ok(name, "answers");
        });
      }),
    );
    const places = answers.flat().every(({ state }) => state === "ok")
      ? await diagnose("shards", "ClickHouse", async () => {
          await withinDeadline(ANSWER_MS, async () => checkPlaces(store.client, store.shards));
          return ok("shards", `${store.shards.length}, in the order in which they were made`);
        })
      : [];
    return { diagnoses: [...answers.flat(), ...places], clocks };
  } finally {
    await Promise.all(others.map((server) => server.close()));
  }
}
