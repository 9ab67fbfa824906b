import { escapePath } from "dot-prop";
import { parseAddress } from "../../model/network/address.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { isFields, type Fields } from "../cloudtrail-names.js";
import type { MapField } from "../formats/mapped.js";
import { withoutPort } from "./client-address.js";
import type { ParseOptions } from "./log-format.js";
import { timeOf } from "./log-time.js";
import { amountOf, textOf } from "./log-values.js";

/** A first map for a sample, and the paths in it that no field was found for; neither holds a value of the sample. */
export interface SuggestedMap {
  readonly map: Readonly<Partial<Record<MapField, string>>>;
  readonly unused: readonly string[];
}

const DEEPEST = 6;
const MOST_PATHS = 400;
const SILENT: ParseOptions = { keyFrom: null, trustedProxies: null, note: () => undefined };

const isText = (value: unknown) => textOf(value) !== "";
const isAmount = (value: unknown) => amountOf(value) !== undefined;
const isStatus = (value: unknown) => (amountOf(value) ?? 0) >= 100 && (amountOf(value) ?? 0) < 600;
const isAddress = (value: unknown) => parseAddress(withoutPort(textOf(value))) !== null;

/** By which names logs call a field, the most exact first, without case and marks; and what its values are like. */
const KNOWN: readonly (readonly [MapField, string, (value: unknown) => boolean])[] = [
  [
    "ts",
    "ts timestamp time eventtime datetime date requesttime starttime startedat createdat endtime loggedat",
    (value) => timeOf(value, SILENT) !== undefined,
  ],
  [
    "key_id",
    "keyid apikeyid credentialid tokenid consumerid clientid consumer consumername subscriptionid keyname keyhash apikeyhash",
    isText,
  ],
  ["parent_key_id", "parentkeyid parentkey parentapikeyid", isText],
  ["key", "apikey xapikey authorization apitoken accesstoken authtoken token", isText],
  [
    "source_ip",
    "sourceip clientip remoteip remoteaddr clientaddress ipaddress callerip sourceaddress requesterip ip client",
    isAddress,
  ],
  ["forwarded_for", "xforwardedfor forwardedfor", isText],
  ["id", "requestid eventid traceid xrequestid correlationid id uuid", isText],
  ["method", "method httpmethod requestmethod verb", isText],
  ["route", "route routename routetemplate operation operationid endpoint action", isText],
  ["target", "requesturi uri url path requestpath httppath target request", isText],
  ["status", "status statuscode httpstatus responsestatus responsecode httpstatuscode code", isStatus],
  ["latency_ms", "latencyms durationms responsetimems elapsedms latency duration responsetime elapsed", isAmount],
  ["bytes", "bytes bytessent responsesize responsebytes bodybytessent size contentlength", isAmount],
  ["cost_usd", "costusd cost spend amountusd price responsecost", isAmount],
  ["units", "units totaltokens tokens quantity usage credits", isAmount],
  ["user", "user username userid remoteuser principal actor", isText],
  ["tls_fingerprint", "tlsfingerprint ja4 ja3", isText],
  ["user_agent", "useragent httpuseragent ua", isText],
  ["scope", "scope scopes permission model", isText],
  ["region", "region location datacenter colo", isText],
  ["service", "service servicename host hostname apiname provider domain", isText],
];

/** A map by the names and the values of the first records: something to look at and to mend, for no program knows what a field means. */
export function suggestMap(records: readonly Fields[]): SuggestedMap {
  const paths = new Map<string, { readonly name: string; readonly parent: string; readonly values: unknown[] }>();
  for (const record of records) collect(record, [], paths);
  const map: Partial<Record<MapField, string>> = {};
  const taken = new Set<string>();
  for (const [field, names, fits] of KNOWN) {
    const ranks = names.split(" ");
    let best: { readonly path: string; readonly rank: number } | undefined;
    for (const [path, { name, parent, values }] of paths) {
      if (taken.has(path) || !values.some(fits)) continue;
      const found = [ranks.indexOf(name), ranks.indexOf(parent + name)].filter((rank) => rank >= 0);
      const rank = Math.min(...found);
      if (rank < (best?.rank ?? Infinity)) best = { path, rank };
    }
    if (best === undefined) continue;
    map[field] = best.path;
    taken.add(best.path);
  }
  return { map, unused: [...paths.keys()].filter((path) => !taken.has(path)) };
}

function collect(
  value: unknown,
  path: readonly string[],
  paths: Map<string, { name: string; parent: string; values: unknown[] }>,
) {
  if (path.length > DEEPEST || paths.size >= MOST_PATHS) return;
  if (isFields(value)) {
    for (const [name, inner] of Object.entries(value)) {
      // Where a table is keyed by the keys themselves, its names are secrets; a field without a name has no path.
      if (name !== "" && !looksLikeSecret(name) && name.length <= 128) collect(inner, [...path, name], paths);
    }
  } else if (Array.isArray(value)) {
    if (value.length > 0 && path.length > 0) collect(value[0], [...path.slice(0, -1), path.at(-1)!, "0"], paths);
  } else if (value !== null && path.length > 0) {
    const written = path.map((part) => escapePath(part)).join(".");
    const known = paths.get(written) ?? { name: bare(path.at(-1)!), parent: bare(path.at(-2) ?? ""), values: [] };
    paths.set(written, known);
    known.values.push(value);
  }
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
