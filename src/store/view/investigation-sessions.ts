import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { InvestigationSpan } from "./investigation.js";

/** A session key or a TLS client that unknown sources used a key with; instants are epoch ms. */
export interface InvestigationSession {
  readonly value: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly addresses: number;
}

/** The busiest of one kind, and how many there are. */
export interface SessionList {
  readonly busiest: readonly InvestigationSession[];
  readonly total: number;
}

/** What unknown sources used a key with. */
export interface InvestigationSessions {
  /** Short-lived keys that were minted for it. */
  readonly sessionKeys: SessionList;
  readonly tlsFingerprints: SessionList;
}

const investigationSessionsQuery = defineQuery("view/investigation-sessions", {
  params: {
    keys: listOf(z.string()),
    from: z.date(),
    to: z.date(),
    visible: z.date(),
    unknownSources: listOf(z.string()),
  },
  row: {
    level: z.enum(["session_key", "tls_fingerprint"]),
    value: z.string(),
    first_ms: z.number(),
    last_ms: z.number(),
    requests: z.number(),
    addresses: z.number(),
    alike: z.number(),
  },
});

/** Session keys and TLS clients of unknown sources in a span, of what was recorded until `visible` (epoch ms); addresses are as ClickHouse prints them. */
export async function readInvestigationSessions(
  client: ClickHouseClient,
  { keyIds, from, to }: InvestigationSpan,
  unknownSources: readonly string[],
  visible: number,
): Promise<InvestigationSessions> {
  const span = { keys: keyIds, from: new Date(from), to: new Date(to), visible: new Date(visible) };
  const rows =
    unknownSources.length === 0 ? [] : await readRows(client, investigationSessionsQuery, { ...span, unknownSources });
  const listOfKind = (level: (typeof rows)[number]["level"]): SessionList => {
    const own = rows.filter((row) => row.level === level);
    const busiest = own.map(({ value, first_ms, last_ms, requests, addresses }) => {
      return { value, firstAt: first_ms, lastAt: last_ms, requests, addresses };
    });
    return { busiest, total: own[0]?.alike ?? 0 };
  };
  return { sessionKeys: listOfKind("session_key"), tlsFingerprints: listOfKind("tls_fingerprint") };
}
