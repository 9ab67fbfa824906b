import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { insertBaselines, readBaselineHistory, readNewestBaseline, readTrustOfKeys } from "./baselines.js";
import { readBaselines } from "./baselines-of-day.js";
import { countWatchedKeys, insertFleetDay, readFleetDay } from "./fleet-days.js";
import { countUsedKeyDays, readHighDays, readJudgedIncidents } from "./fleet-tail.js";
import { insertGroupBaselines, readGroupBaselines, readGroupBins } from "./group-baselines.js";
import { readHeldDays } from "./held-days.js";
import { readFirstIngested, readLearnableDays, readNewestLearnedDay } from "./learned-days.js";
import { readBaselineBins, readBaselineSlots, readBaselineSums } from "./past-baselines.js";

/** What the room learn asks of ClickHouse. */
export type LearnStore = Readonly<ReturnType<typeof openLearnStore>>;

/** Binds the room's functions to a client. */
export function openLearnStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readBaselines: bind(readBaselines),
    readNewestBaseline: bind(readNewestBaseline),
    readBaselineHistory: bind(readBaselineHistory),
    readHeldDays: bind(readHeldDays),
    readTrustOfKeys: bind(readTrustOfKeys),
    insertBaselines: bind(insertBaselines),
    readGroupBaselines: bind(readGroupBaselines),
    insertGroupBaselines: bind(insertGroupBaselines),
    readGroupBins: bind(readGroupBins),
    countWatchedKeys: bind(countWatchedKeys),
    insertFleetDay: bind(insertFleetDay),
    readFleetDay: bind(readFleetDay),
    readHighDays: bind(readHighDays),
    countUsedKeyDays: bind(countUsedKeyDays),
    readJudgedIncidents: bind(readJudgedIncidents),
    readLearnableDays: bind(readLearnableDays),
    readFirstIngested: bind(readFirstIngested),
    readNewestLearnedDay: bind(readNewestLearnedDay),
    readBaselineSlots: bind(readBaselineSlots),
    readBaselineSums: bind(readBaselineSums),
    readBaselineBins: bind(readBaselineBins),
  };
}
