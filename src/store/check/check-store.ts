import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import {
  insertCheckRuns,
  readCheckCursor,
  readObservedLog,
  readObservedMinutes,
  readLateTicks,
  readUnevaluatedSpans,
} from "./checks.js";
import { readBenignWords } from "./benign-incidents.js";
import { insertFindings, readFindingSpans, readFindings, readFindingsAt } from "./findings.js";
import { readNewestFindings } from "./newest-findings.js";
import { readCallersOfKeys, readComparedBlocks, readKeysOfCallers } from "./caller-counts.js";
import { readForeignRefusals, readRefusedSources } from "./foreign-refusals.js";
import { readDayForecasts, readHourForecasts } from "./hour-forecasts.js";
import { readNovelSlots } from "./novel-slots.js";
import { readNovelTraffic } from "./novel-traffic.js";
import { readKeysWithFirstUses, readNoveltyFacts } from "./novelty-facts.js";
import { readPeersOfKeys } from "./peers.js";
import { readProviderDays, readReportedKeys } from "./provider-days.js";
import { readStretches } from "./rule-usage.js";
import { readKeysOutsideAllowed, readOutsideAllowed, readRevokedUse, readUsesOutside } from "./source-usage.js";
import { readNetworkBirths } from "./shared-networks.js";
import { countKeysInUse, readUnjudgedUse, readUnregisteredInUse } from "./unregistered-keys.js";
import { readUsageSlots } from "./usage-slots.js";
import { readBirths, readUnplacedUses, readUsageMinutes } from "./usage.js";
import { readUsageByMinute } from "./usage-by-minute.js";
import { readUsageSteps } from "./usage-steps.js";

/** What the room check asks of ClickHouse. */
export type CheckStore = Readonly<ReturnType<typeof openCheckStore>>;

/** Binds the room's functions to a client. */
export function openCheckStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    insertCheckRuns: bind(insertCheckRuns),
    readCheckCursor: bind(readCheckCursor),
    readBenignWords: bind(readBenignWords),
    readObservedMinutes: bind(readObservedMinutes),
    readObservedLog: bind(readObservedLog),
    readLateTicks: bind(readLateTicks),
    readUnevaluatedSpans: bind(readUnevaluatedSpans),
    insertFindings: bind(insertFindings),
    readFindingSpans: bind(readFindingSpans),
    readFindings: bind(readFindings),
    readNewestFindings: bind(readNewestFindings),
    readFindingsAt: bind(readFindingsAt),
    readHourForecasts: bind(readHourForecasts),
    readDayForecasts: bind(readDayForecasts),
    readForeignRefusals: bind(readForeignRefusals),
    readRefusedSources: bind(readRefusedSources),
    readNovelTraffic: bind(readNovelTraffic),
    readNovelSlots: bind(readNovelSlots),
    readNoveltyFacts: bind(readNoveltyFacts),
    readPeersOfKeys: bind(readPeersOfKeys),
    readKeysWithFirstUses: bind(readKeysWithFirstUses),
    readProviderDays: bind(readProviderDays),
    readReportedKeys: bind(readReportedKeys),
    readKeysOfCallers: bind(readKeysOfCallers),
    readCallersOfKeys: bind(readCallersOfKeys),
    readComparedBlocks: bind(readComparedBlocks),
    readStretches: bind(readStretches),
    readKeysOutsideAllowed: bind(readKeysOutsideAllowed),
    readOutsideAllowed: bind(readOutsideAllowed),
    readUsesOutside: bind(readUsesOutside),
    readRevokedUse: bind(readRevokedUse),
    readNetworkBirths: bind(readNetworkBirths),
    countKeysInUse: bind(countKeysInUse),
    readUnregisteredInUse: bind(readUnregisteredInUse),
    readUnjudgedUse: bind(readUnjudgedUse),
    readUsageSlots: bind(readUsageSlots),
    readUsageMinutes: bind(readUsageMinutes),
    readBirths: bind(readBirths),
    readUnplacedUses: bind(readUnplacedUses),
    readUsageSteps: bind(readUsageSteps),
    readUsageByMinute: bind(readUsageByMinute),
  };
}
