import { isUtf8 } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { routePrice } from "../../model/event/event-limits.js";
import type { RefusalReason } from "../../model/event/event-refusal.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { NetworkTable } from "../../model/network/network-table.js";
import { STORABLE_SPAN } from "../../model/event/accepted-span.js";
import type { EventRules } from "../../model/event/parse-request-event.js";
import type { RequestEvent } from "../../model/event/request-event.js";
import { groupByKey, versionAt } from "../../model/key/plan-keys.js";
import { spreadBucket } from "../../model/event/spread-bucket.js";
import { nativeBlock } from "../../store/ingest/native-block.js";
import { parseRange } from "../ingest/read-events.js";
import { splitLines } from "../ingest/split-body.js";

/** The one source that all history is said to come from. */
const SOURCE = "backtest";

/** Lines that were refused for one reason. */
export interface RefusedLines {
  readonly count: number;
  /** Line of the first, from 1, within what was parsed. */
  readonly firstLine: number;
  readonly message: string;
}

/** Some lines of a history as rows for ClickHouse, and what could not be taken. */
export interface ParsedHistory {
  readonly lines: number;
  readonly accepted: number;
  readonly refused: ReadonlyMap<RefusalReason, RefusedLines>;
  /** Instants of the first and last accepted event, epoch ms; Infinity and -Infinity when there is none. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** A block of ClickHouse's Native format. */
  readonly rows: Buffer;
}

/**
 * The rules of live ingest for events of any date: a price is the one that counted at the event's own instant, and a fingerprint
 * belongs to the key that holds it in any version.
 */
export function historyRules(
  versions: readonly KeyVersion[],
  peppers: readonly KeyObject[],
  networks: NetworkTable,
): EventRules {
  const histories = groupByKey(versions.toSorted((a, b) => a.validFrom - b.validFrom));
  const holders = new Map(versions.flatMap((key) => key.fingerprints.map((print) => [print, key.keyId] as const)));
  return {
    span: STORABLE_SPAN,
    peppers,
    resolveKey: (fingerprint) => holders.get(fingerprint),
    priceOf: (keyId, route, at) => {
      const history = histories.get(keyId);
      return routePrice(history === undefined ? undefined : versionAt(history, at)?.prices, route);
    },
    networkOf: (address) => networks.lookup(address),
    isHistory: true,
  };
}

/** Parses whole lines of NDJSON, each by the rules of live ingest. A bad line costs only itself; nothing is thrown. */
export function parseHistory(body: Buffer, rules: EventRules): ParsedHistory {
  const allUtf8 = isUtf8(body);
  const refused = new Map<RefusalReason, RefusedLines>();
  const events: RequestEvent[] = [];
  let accepted = 0;
  let [firstAt, lastAt] = [Infinity, -Infinity];
  for (const range of splitLines(body)) {
    const parsed = parseRange(body, range, allUtf8, rules);
    if (parsed.kind === "refused") {
      const { reason, message } = parsed;
      const known = refused.get(reason);
      refused.set(reason, known === undefined ? { count: 1, firstLine: range.line, message } : oneMore(known));
      continue;
    }
    accepted += 1;
    const rows = parsed.bucketMinutes === 0 ? [parsed.event] : spreadBucket(parsed.event, parsed.bucketMinutes);
    firstAt = Math.min(firstAt, rows[0]!.ts);
    lastAt = Math.max(lastAt, parsed.event.ts);
    events.push(...rows);
  }
  const rows = nativeBlock([{ source: SOURCE, events }]);
  return { lines: countLines(body), accepted, refused, firstAt, lastAt, rows };
}

const oneMore = (lines: RefusedLines): RefusedLines => ({ ...lines, count: lines.count + 1 });

function countLines(body: Buffer): number {
  let lines = 0;
  for (let at = body.indexOf(10); at >= 0; at = body.indexOf(10, at + 1)) lines += 1;
  return lines;
}
