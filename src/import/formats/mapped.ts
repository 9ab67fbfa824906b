import { parsePath } from "dot-prop";
import { z } from "zod";
import { isFields, type Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "../record/log-format.js";
import { timeOf } from "../record/log-time.js";
import { headerOf, numberOf, textOf } from "../record/log-values.js";

/** What a map may name, and what becomes of it. */
export const MAP_FIELDS = [
  "ts",
  "key_id",
  "key",
  "principal",
  "parent_key_id",
  "user",
  "source_ip",
  "forwarded_for",
  "id",
  "method",
  "target",
  "route",
  "status",
  "scope",
  "user_agent",
  "tls_fingerprint",
  "region",
  "service",
  "latency_ms",
  "bytes",
  "cost_usd",
  "units",
  "count",
  "bucket_minutes",
  "observed_by",
] as const;
export type MapField = (typeof MAP_FIELDS)[number];

/** Where a field stands: keys and places of lists from the outside in. */
type Place =
  | { readonly path: readonly (string | number)[]; readonly times: number }
  | { readonly value: string | number };
export type FieldMap = Readonly<Partial<Record<MapField, Place>>>;

const LONGEST_PATH = 512;
const placeSchema = z.union([
  z.string().max(LONGEST_PATH),
  z.strictObject({ path: z.string().max(LONGEST_PATH), times: z.number().positive() }),
  z.strictObject({ value: z.union([z.string().max(256), z.number()]) }),
]);
const mapSchema = z.partialRecord(z.enum(MAP_FIELDS), placeSchema);

/** A map file's text as the places it names, or sentences on what is wrong with it. */
export function parseFieldMap(text: string): { readonly map: FieldMap } | { readonly problems: readonly string[] } {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { problems: ["the map is not JSON: write an object of event fields and dotted paths"] };
  }
  const parsed = mapSchema.safeParse(given);
  if (!parsed.success) {
    const names = isFields(given)
      ? Object.keys(given).filter((name) => !MAP_FIELDS.some((field) => field === name))
      : [];
    if (names.length > 0)
      return { problems: [`the map names fields that no event has; there are: ${MAP_FIELDS.join(", ")}`] };
    const at = parsed.error.issues.map((issue) => issue.path.join(".")).filter((path) => path !== "");
    return {
      problems: [
        `the map${at.length > 0 ? `, ${at.join(", ")}` : ""}: a field is "dotted.path", {"path": "dotted.path", "times": 1000} or {"value": "constant"}`,
      ],
    };
  }
  const problems: string[] = [];
  const map: Partial<Record<MapField, Place>> = {};
  for (const [name, place] of Object.entries(parsed.data) as [MapField, z.infer<typeof placeSchema>][]) {
    if (typeof place === "object" && "value" in place) {
      map[name] = { value: place.value };
      continue;
    }
    const path = pathOf(typeof place === "string" ? place : place.path);
    if (path === null)
      problems.push(`the map, ${name}: not a dotted path such as request.headers.x-key-id or items[0].id`);
    else map[name] = { path, times: typeof place === "string" ? 1 : place.times };
  }
  if (map.ts === undefined) problems.push("the map has no ts: an event needs its time");
  return problems.length > 0 ? { problems } : { map };
}

function pathOf(text: string): readonly (string | number)[] | null {
  try {
    const path = parsePath(text);
    return path.length === 0 || path.some((part) => part === "") ? null : path;
  } catch {
    return null;
  }
}

/**
 * JSON or CSV of any layout, by a map of event fields to dotted paths (in CSV: names of columns).
 *
 * | map | what becomes of it |
 * | --- | --- |
 * | `ts` | RFC 3339, `26/Nov/2026:12:57:21 +0000`, or since the epoch in a unit that its magnitude tells |
 * | `key_id`, `key` | a public id; the raw key, of which ingest keeps a fingerprint |
 * | `principal`, `parent_key_id` | the lasting identity or key that a short-lived one was minted for: its history counts |
 * | `user` | names the key with `--key-from user` |
 * | `source_ip`, `forwarded_for` | the address, through trusted proxies |
 * | `target`, `route` | a path or URL, which is folded; a template, which stays |
 * | `latency_ms`, `cost_usd`, … | numbers; `{"path": "seconds", "times": 1000}` changes the unit |
 */
export function mappedFormat(records: "json" | "csv", map: FieldMap): LogFormat {
  return {
    name: records,
    records,
    looksLike: () => null,
    parse: (record, options) => (isFields(record) ? eventOf(record, map, options) : { rejected: "not_a_record" }),
  };
}

function eventOf(record: Fields, map: FieldMap, options: ParseOptions): ParsedRecord {
  const at = (name: MapField): unknown => {
    const place = map[name];
    if (place === undefined) return undefined;
    if ("value" in place) return place.value;
    const found = valueAt(record, place.path);
    if (place.times === 1) return found;
    const number = numberOf(found);
    return typeof number === "number" ? Math.round(number * place.times * 1e9) / 1e9 : found;
  };
  const whole = (name: "count" | "bucket_minutes"): number | undefined => {
    const number = numberOf(at(name));
    return typeof number === "number" && number >= 1 ? Math.floor(number) : undefined;
  };
  const observedBy = at("observed_by");
  return buildEvent(
    {
      time: timeOf(at("ts"), options),
      keyId: at("key_id"),
      rawKey: at("key"),
      principal: at("principal"),
      parentKeyId: at("parent_key_id"),
      user: at("user"),
      header: (name) => headerOf(record, name) || textOf(valueAt(record, pathOf(name) ?? [])),
      peer: at("source_ip"),
      forwarded: at("forwarded_for"),
      id: at("id"),
      method: at("method"),
      target: at("target"),
      route: at("route"),
      status: map.status === undefined ? undefined : (at("status") ?? null),
      scope: at("scope"),
      userAgent: at("user_agent"),
      tlsFingerprint: at("tls_fingerprint"),
      region: at("region"),
      service: at("service"),
      latencyMs: at("latency_ms"),
      bytes: at("bytes"),
      costUsd: at("cost_usd"),
      units: at("units"),
      count: whole("count"),
      bucketMinutes: whole("bucket_minutes"),
      observedBy: observedBy === "caller" || observedBy === "provider" ? observedBy : undefined,
    },
    options,
  );
}

/** By the parts that the library made of the path once: asking it for each field of each record took four times as long. */
function valueAt(record: Fields, path: readonly (string | number)[]): unknown {
  let value: unknown = record;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value === record ? undefined : value;
}
