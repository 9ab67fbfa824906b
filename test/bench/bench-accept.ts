import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { STORABLE_SPAN } from "../../src/model/event/accepted-span.js";
import type { EventRules } from "../../src/model/event/parse-request-event.js";
import { openBench } from "./open-bench.js";
import { acceptEvents } from "../helpers/accept-events.js";

const EVENTS = 5000;
const ROUNDS = 40;

const { report } = openBench(
  "accept",
  "Bytes in, block for ClickHouse out, against JSON.parse of the same lines, on one core.",
  {},
);

const rules: EventRules = {
  span: STORABLE_SPAN,
  peppers: [pepperOf("a pepper for benches, 32 bytes long")],
  resolveKey: () => "key_9",
  priceOf: () => 0,
  networkOf: () => null,
  isHistory: true,
};
const base = (index: number) => ({
  ts: new Date(Date.UTC(2026, 2, 8) + index * 37).toISOString(),
  key_id: `key_${index % 200}`,
  source_ip: `203.0.${index % 113}.${index % 251}`,
  method: "POST",
  route: "/v1/charges/{id}",
  status: 200,
  latency_ms: 12.5 + (index % 50),
  bytes: 1843 + index,
  cost_usd: 0.0021,
  user_agent: "stripe-node/14.2.0",
});
const shapes: Readonly<Record<string, (index: number) => object>> = {
  key_id: base,
  "raw key": (index) => ({ ...base(index), key_id: undefined, key: `acme_live_${1e20 + (index % 200)}` }),
  IPv6: (index) => ({ ...base(index), source_ip: `2001:db8:${index.toString(16)}::1` }),
};

function medianMs(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return times.toSorted((a, b) => a - b)[ROUNDS / 2] ?? NaN;
}

const results = Object.entries(shapes).map(([shape, wireOf]) => {
  const lines = Array.from({ length: EVENTS }, (_, index) => JSON.stringify(wireOf(index)));
  const body = Buffer.from(lines.join("\n"));
  const acceptMs = medianMs(() => void acceptEvents(body, "ndjson", rules));
  const parseMs = medianMs(() => lines.forEach((line) => void JSON.parse(line)));
  return {
    shape,
    bytesPerEvent: Math.round(body.length / EVENTS),
    eventsPerSecond: Math.round((EVENTS / acceptMs) * 1000),
    timesJsonParse: Math.round((acceptMs / parseMs) * 10) / 10,
  };
});

console.table(results);
report({ results });
