import type { Secret } from "../secret.js";
import * as baselines from "./learn/baselines.js";
import * as budgetAudit from "./view/budget-audit.js";
import * as checks from "./check/checks.js";
import { openClickHouse, readClock, type ClickHouseClient } from "./clickhouse/clickhouse.js";
import * as coverage from "./watch/coverage.js";
import * as digests from "./page/digests.js";
import * as dossier from "./view/investigation.js";
import * as evidence from "./page/key-sources.js";
import * as eventCounts from "./ingest/event-counts.js";
import * as expectations from "./incident/suppressions.js";
import * as findings from "./check/findings.js";
import * as fleet from "./view/fleet.js";
import * as foundCauses from "./view/found-causes.js";
import * as groupBaselines from "./learn/group-baselines.js";
import * as healthFigures from "./watch/health-figures.js";
import * as history from "./replay/history.js";
import * as incidentEvents from "./incident/incident-events.js";
import * as incidentOfPage from "./incident/incident-of-page.js";
import * as incidents from "./incident/incidents.js";
import * as keys from "./registry/keys.js";
import * as keyChanges from "./registry/key-changes.js";
import * as keyDays from "./audit/key-days.js";
import * as keyFounding from "./view/key-founding.js";
import * as keyHistory from "./view/key-history.js";
import * as keyFingerprints from "./registry/key-fingerprints.js";
import * as keyScopes from "./audit/key-scopes.js";
import * as keyUsers from "./audit/key-users.js";
import * as leakReports from "./audit/leak-reports.js";
import * as learnedDays from "./learn/learned-days.js";
import * as limitMinutes from "./view/limit-minutes.js";
import * as networks from "./networks/networks.js";
import * as noveltyFacts from "./check/novelty-facts.js";
import * as novelTraffic from "./check/novel-traffic.js";
import * as otherKeys from "./page/other-keys.js";
import * as outlooks from "./check/hour-forecasts.js";
import * as pageEvidence from "./page/page-evidence.js";
import * as pages from "./page/pages.js";
import * as pastBaselines from "./learn/past-baselines.js";
import * as providerDays from "./check/provider-days.js";
import * as ruleUsage from "./check/rule-usage.js";
import * as sharedNetworks from "./check/shared-networks.js";
import * as unregisteredKeys from "./check/unregistered-keys.js";
import * as usage from "./check/usage.js";
import * as windowUsage from "./check/window-usage.js";

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
  ...foundCauses,
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
