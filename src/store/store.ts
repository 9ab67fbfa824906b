import { shardUrls } from "../clickhouse-urls.js";
import type { Secret } from "../secret.js";
import { openIngestStore, type IngestStore } from "./ingest/ingest-store.js";
import { openNetworksStore, type NetworksStore } from "./networks/networks-store.js";
import { openRegistryStore, type RegistryStore } from "./registry/registry-store.js";
import { openLearnStore, type LearnStore } from "./learn/learn-store.js";
import { openCheckStore, type CheckStore } from "./check/check-store.js";
import { openContainStore, type ContainStore } from "./contain/contain-store.js";
import { openAuditStore, type AuditStore } from "./audit/audit-store.js";
import { openIncidentStore, type IncidentStore } from "./incident/incident-store.js";
import { openPageStore, type PageStore } from "./page/page-store.js";
import { openWatchStore, type WatchStore } from "./watch/watch-store.js";
import { openViewStore, type ViewStore } from "./view/view-store.js";
import { openPullStore, type PullStore } from "./pull/pull-store.js";
import { openSignInStore, type SignInStore } from "./sign-in/sign-in-store.js";
import { openReplayStore, type ReplayStore } from "./replay/replay-store.js";
import { readShardUptimes, type ShardUptimes } from "./clickhouse/answering-shards.js";
import {
  openClickHouse,
  openShards,
  openWhatAnswers,
  readClock,
  type ClickHouseClient,
} from "./clickhouse/clickhouse-client.js";

/** Everything that is asked of ClickHouse, room by room. Every function throws when the database does; none returns a made-up empty. */
export interface Store {
  readonly client: ClickHouseClient;
  /** Each shard's own part of the traffic, for what is written there; the database itself where there is one. */
  readonly shards: readonly ClickHouseClient[];
  readonly ingest: IngestStore;
  readonly networks: NetworksStore;
  readonly registry: RegistryStore;
  readonly learn: LearnStore;
  readonly check: CheckStore;
  readonly audit: AuditStore;
  readonly incident: IncidentStore;
  readonly page: PageStore;
  readonly watch: WatchStore;
  readonly view: ViewStore;
  readonly replay: ReplayStore;
  readonly pull: PullStore;
  readonly contain: ContainStore;
  readonly signIn: SignInStore;
  /** Where there are several shards: the same of those that answer, so that one that is away holds up only its own keys. Null where there is one. */
  readonly answering: AnsweringStore | null;
  /** The database's own clock in epoch ms. */
  readonly readClock: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** What shards hold that answer, and which those are. */
export interface AnsweringStore {
  readonly store: Store;
  readonly shards: number;
  readonly readUptimes: () => Promise<ShardUptimes>;
}

/** Opens the database that the URL names, or that is spread over several; nothing is sent until the first call. */
export function openStore(url: Secret): Store {
  const client = openClickHouse(url);
  const isSpread = shardUrls(url).length > 1;
  const shards = isSpread ? openShards(url) : [client];
  const store = storeOn(client, shards);
  if (!isSpread) return { ...store, close: async () => client.close() };
  const whatAnswers = openWhatAnswers(url);
  return {
    ...store,
    answering: {
      store: storeOn(whatAnswers, shards),
      shards: shards.length,
      readUptimes: async () => readShardUptimes(whatAnswers),
    },
    close: async () => {
      await Promise.all([client, whatAnswers, ...shards].map((one) => one.close()));
    },
  };
}

/** Every room on one client; what is written on the shards themselves goes there. */
function storeOn(client: ClickHouseClient, shards: readonly ClickHouseClient[]): Store {
  return {
    client,
    shards,
    ingest: openIngestStore(client, shards),
    networks: openNetworksStore(client),
    registry: openRegistryStore(client),
    learn: openLearnStore(client),
    check: openCheckStore(client),
    audit: openAuditStore(client),
    incident: openIncidentStore(client),
    page: openPageStore(client),
    watch: openWatchStore(client),
    view: openViewStore(client),
    replay: openReplayStore(client),
    pull: openPullStore(client, shards),
    contain: openContainStore(client),
    signIn: openSignInStore(client),
    answering: null,
    readClock: async () => readClock(client),
    close: async () => client.close(),
  };
}
