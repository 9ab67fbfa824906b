import type { Secret } from "../secret.js";
import * as baselines from "./baselines.js";
import * as budgetAudit from "./budget-audit.js";
import * as checks from "./checks.js";
import { openClickHouse, readClock, type ClickHouseClient } from "./clickhouse.js";
import * as coverage from "./coverage.js";
import * as digests from "./digests.js";
import * as dossier from "./dossier.js";
import * as evidence from "./evidence.js";
import * as eventCounts from "./event-counts.js";
import * as expectations from "./expectations.js";
import * as findings from "./findings.js";
import * as fleet from "./fleet.js";
import * as groupBaselines from "./group-baselines.js";
import * as healthFigures from "./health-figures.js";
import * as history from "./history.js";
import * as incidentEvents from "./incident-events.js";
import * as incidentOfPage from "./incident-of-page.js";
import * as incidents from "./incidents.js";
import * as keys from "./keys.js";
import * as keyChanges from "./key-changes.js";
import * as keyDays from "./key-days.js";
import * as keyFounding from "./key-founding.js";
import * as keyHistory from "./key-history.js";
import * as keyFingerprints from "./key-fingerprints.js";
import * as keyScopes from "./key-scopes.js";
import * as keyUsers from "./key-users.js";
import * as leakReports from "./leak-reports.js";
import * as learnedDays from "./learned-days.js";
import * as limitMinutes from "./limit-minutes.js";
import * as networks from "./networks.js";
import * as noveltyFacts from "./novelty-facts.js";
import * as novelTraffic from "./novel-traffic.js";
import * as otherKeys from "./other-keys.js";
import * as outlooks from "./outlooks.js";
import * as pageEvidence from "./page-evidence.js";
import * as pages from "./pages.js";
import * as pastBaselines from "./past-baselines.js";
import * as providerDays from "./provider-days.js";
import * as ruleUsage from "./rule-usage.js";
import * as sharedNetworks from "./shared-networks.js";
import * as unregisteredKeys from "./unregistered-keys.js";
import * as usage from "./usage.js";
import * as windowUsage from "./window-usage.js";

const readers = {
  readClock,
  ...baselines,
  ...budgetAudit,
  ...checks,
  ...coverage,
  ...digests,
  ...dossier,
  ...eventCounts,
  ...evidence,
  ...expectations,
  ...findings,
  ...fleet,
  ...groupBaselines,
  ...healthFigures,
  ...history,
  ...incidentEvents,
  ...incidentOfPage,
  ...incidents,
  ...keys,
  ...keyChanges,
  ...keyDays,
  ...keyFingerprints,
  ...keyFounding,
  ...keyHistory,
  ...keyScopes,
  ...keyUsers,
  ...leakReports,
  ...learnedDays,
  ...limitMinutes,
  ...networks,
  ...noveltyFacts,
  ...novelTraffic,
  ...otherKeys,
  ...outlooks,
  ...pageEvidence,
  ...pages,
  ...pastBaselines,
  ...providerDays,
  ...ruleUsage,
  ...sharedNetworks,
  ...unregisteredKeys,
  ...usage,
  ...windowUsage,
};

type Bound<F> = F extends (client: ClickHouseClient, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Everything the pipelines ask of ClickHouse. Every function throws when the database does; none returns a made-up empty. */
export type Store = { readonly [Name in keyof typeof readers]: Bound<(typeof readers)[Name]> } & {
  readonly client: ClickHouseClient;
  readonly close: () => Promise<void>;
};

/** Opens the database that the URL names; nothing is sent until the first call. */
export function openStore(url: Secret): Store {
  const client = openClickHouse(url);
  const bound = Object.fromEntries(
    Object.entries(readers).map(([name, run]) => [
      name,
      (...rest: unknown[]) => (run as (...all: unknown[]) => unknown)(client, ...rest),
    ]),
  );
  return { ...bound, client, close: () => client.close() } as unknown as Store;
}
