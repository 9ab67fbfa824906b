import type { Config } from "../config.js";
import { statedBudget } from "../detect/alarm-budget.js";
import { readCheckState } from "../pipeline/view/check-state.js";
import { readBudgetInForce } from "../pipeline/learn/read-budget.js";
import { pullersFor } from "../pull/pullers.js";
import type { ClickHouseClient } from "../store/clickhouse/clickhouse-client.js";
import { readLastObserved } from "../store/ingest/last-observed.js";
import { readNetworksState } from "../store/networks/networks.js";
import { readPepperProgress } from "../store/registry/key-fingerprints.js";
import type { Store } from "../store/store.js";
import { DAY_MS } from "../time/day.js";
import type { Diagnosis } from "./diagnosis.js";
import * as judge from "./doctor-judgements.js";
import { judgeBudget } from "./judge-budget.js";
import { judgeCopies } from "./judge-destinations.js";
import { judgeGuardCalls, judgeKeyGuards } from "./judge-guards.js";
import { judgePepper } from "./judge-pepper.js";
import { judgeReports } from "./judge-reports.js";
import { judgePepperProgress } from "./pepper-progress.js";

/** Asks something of tables and judges the answer, once they are there. */
export type AskOnFile = <Answer>(
  name: string,
  question: () => Promise<Answer>,
  judged: (answer: Answer) => Diagnosis | readonly Diagnosis[],
) => Promise<readonly Diagnosis[]>;

interface OnFile {
  readonly config: Config;
  readonly client: ClickHouseClient;
  readonly store: Store;
  /** A rotation that is under way; null: none is. */
  readonly pepper: string | null;
}

/** What is on file of Plimsoll's own work, by ClickHouse's clock: `now` is epoch ms. */
export function examineOnFile(
  ask: AskOnFile,
  { config, client, store, pepper }: OnFile,
  now: number,
): Promise<readonly Diagnosis[]>[] {
  const since = now - DAY_MS;
  return [
    ask(
      "ingest",
      async () => readLastObserved(client),
      (at) => judge.judgeIngest(at, now),
    ),
    ask("checks", async () => readCheckState(store, now), judge.judgeCheckState),
    ask("alarm budget", async () => readBudgetInForce(store, statedBudget(config), now), judgeBudget),
    ask(
      "reports",
      async () => Promise.all([store.pull.readNewestPulls(), store.pull.readUnreadReports()]),
      ([pulls, unread]) => judgeReports(pullersFor(config), config, { pulls, unread }, now),
    ),
    ask(
      "pages",
      async () => store.watch.readDeliveryState(since),
      (state) => judge.judgePages(state, now),
    ),
    ask(
      "destinations",
      async () => store.watch.readCopiesState(since),
      (states) => judgeCopies(states, now),
    ),
    ask(
      "guards",
      async () => store.watch.readGuardsState(since),
      (states) => judgeGuardCalls(states, now),
    ),
    ask(
      "guards of keys",
      async () => store.registry.readKeys(now, now),
      (keys) =>
        judgeKeyGuards(
          [...keys.values()].filter(({ revokedAt }) => revokedAt === null),
          config,
        ),
    ),
    ask(
      "networks",
      async () => readNetworksState(client),
      (state) => judge.judgeNetworks(state, now),
    ),
    ask(
      "key pepper in use",
      async () => judgePepper(store, config),
      (judged) => judged ?? [],
    ),
    ...(pepper === null
      ? []
      : [ask("pepper rotation", async () => readPepperProgress(client, pepper, now), judgePepperProgress)]),
  ];
}
