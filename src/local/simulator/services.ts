import { Random } from "./random.js";

/** How many different latencies, sizes and costs a route has ready: drawing one is a look-up, not arithmetic. */
const VARIANTS = 256;

/** One operation of an API, with everything its events need as ready pieces of JSON. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  /** US dollars per request at list price; 0 is free. */
  readonly priceUsd: number;
  /** Status of success. */
  readonly okStatus: number;
  /** The part of the event from `method` to `scope`, which every request of the route shares. */
  readonly head: string;
  /** The part from `latency_ms` to the end for requests that were served, and for those that failed. */
  readonly served: readonly string[];
  /** What the first variants of `served` cost together, in millionths of a US dollar, by how many they are. */
  readonly costUpTo: Float64Array;
  readonly failed: readonly string[];
}

/** An API that keys give access to. Routes are ordered from everyday to rare and costly. */
export interface Service {
  readonly name: string;
  readonly routes: readonly Route[];
}

/** method, path, scope, median latency in ms, median response bytes, US dollars per request (0: free). */
type RouteRow = readonly [string, string, string, number, number, number];

const CATALOGUE: Readonly<Record<string, readonly RouteRow[]>> = {
  payments: [
    ["GET", "/v1/charges/{id}", "charges:read", 38, 1900, 0],
    ["POST", "/v1/charges", "charges:write", 210, 1500, 0],
    ["GET", "/v1/customers/{id}", "customers:read", 31, 1200, 0],
    ["GET", "/v1/charges", "charges:read", 120, 24_000, 0],
    ["POST", "/v1/refunds", "refunds:write", 240, 900, 0],
    ["GET", "/v1/exports/transactions", "exports:read", 1900, 480_000, 0],
  ],
  messages: [
    ["POST", "/v2/messages", "messages:write", 85, 420, 0.0079],
    ["GET", "/v2/messages/{id}", "messages:read", 24, 640, 0],
    ["GET", "/v2/numbers", "numbers:read", 45, 5200, 0],
    ["POST", "/v2/lookups", "lookups:read", 160, 510, 0.005],
    ["POST", "/v2/messages/international", "messages:write", 130, 430, 0.06],
  ],
  language: [
    ["POST", "/v1/embeddings", "models:run", 140, 9000, 0.00008],
    ["POST", "/v1/chat/small", "models:run", 900, 2600, 0.0011],
    ["GET", "/v1/models", "models:read", 20, 3100, 0],
    ["POST", "/v1/chat/large", "models:run", 3800, 4100, 0.021],
    ["POST", "/v1/images", "images:create", 9000, 1_400_000, 0.08],
  ],
  maps: [
    ["GET", "/v3/tiles/{z}/{x}/{y}", "tiles:read", 12, 14_000, 0],
    ["GET", "/v3/geocode", "geocode:read", 55, 1700, 0.0005],
    ["GET", "/v3/directions", "directions:read", 130, 6200, 0.005],
    ["POST", "/v3/matrix", "matrix:read", 420, 18_000, 0.04],
  ],
  search: [
    ["GET", "/search", "search:read", 42, 8200, 0],
    ["GET", "/suggest", "search:read", 9, 900, 0],
    ["POST", "/index/{name}/documents", "index:write", 75, 310, 0],
    ["GET", "/index/{name}/export", "index:read", 2400, 900_000, 0],
  ],
  storage: [
    ["GET", "/objects/{key}", "objects:read", 28, 62_000, 0],
    ["PUT", "/objects/{key}", "objects:write", 64, 120, 0],
    ["HEAD", "/objects/{key}", "objects:read", 8, 0, 0],
    ["GET", "/objects", "objects:list", 90, 31_000, 0],
    ["DELETE", "/objects/{key}", "objects:delete", 22, 0, 0],
  ],
  accounts: [
    ["GET", "/api/users/{id}", "users:read", 18, 1100, 0],
    ["POST", "/api/sessions", "sessions:write", 95, 640, 0],
    ["GET", "/api/orders", "orders:read", 61, 9800, 0],
    ["POST", "/api/orders", "orders:write", 140, 1300, 0],
    ["GET", "/api/users/export", "users:export", 3100, 2_100_000, 0],
  ],
  translation: [
    ["POST", "/v2/translate", "translate:run", 120, 1400, 0.0004],
    ["POST", "/v2/detect", "translate:run", 35, 210, 0.00005],
    ["GET", "/v2/languages", "languages:read", 15, 5400, 0],
    ["POST", "/v2/documents", "documents:translate", 4200, 160_000, 0.12],
  ],
  speech: [
    ["POST", "/v1/synthesize", "speech:run", 420, 96_000, 0.0032],
    ["GET", "/v1/voices", "voices:read", 18, 12_000, 0],
    ["POST", "/v1/transcripts", "speech:run", 2600, 5200, 0.012],
    ["GET", "/v1/transcripts/{id}", "speech:read", 24, 5200, 0],
    ["POST", "/v1/voices/clone", "voices:write", 12_000, 900, 0.9],
  ],
  enrichment: [
    ["GET", "/v2/companies/{domain}", "companies:read", 85, 3800, 0.006],
    ["GET", "/v2/people/{email}", "people:read", 110, 2600, 0.018],
    ["GET", "/v2/usage", "usage:read", 14, 420, 0],
    ["POST", "/v2/prospects", "prospects:search", 900, 64_000, 0.25],
  ],
  screening: [
    ["POST", "/v1/checks", "checks:write", 340, 900, 0.02],
    ["GET", "/v1/checks/{id}", "checks:read", 22, 1800, 0],
    ["GET", "/v1/lists", "lists:read", 30, 2400, 0],
    ["POST", "/v1/documents/verify", "documents:write", 5200, 2100, 0.45],
  ],
  builds: [
    ["GET", "/api/packages/{name}", "packages:read", 33, 88_000, 0],
    ["POST", "/api/artifacts", "artifacts:write", 410, 260, 0],
    ["GET", "/api/repos/{id}", "repos:read", 26, 4100, 0],
    ["GET", "/api/repos/{id}/archive", "repos:read", 1700, 3_800_000, 0],
  ],
};

/** Every API of the simulation; the same for all seeds. */
export const services: readonly Service[] = Object.entries(CATALOGUE).map(([name, rows]) => ({
  name,
  routes: rows.map((row) => toRoute(name, row)),
}));

/** Millionths of a US dollar that `count` served requests cost whose variants follow each other from `variant` on. */
export function costOf({ costUpTo }: Route, variant: number, count: number): number {
  const all = costUpTo[VARIANTS] ?? 0;
  const upTo = (end: number) => Math.floor(end / VARIANTS) * all + (costUpTo[end % VARIANTS] ?? 0);
  return all === 0 ? 0 : upTo((variant % VARIANTS) + count) - upTo(variant % VARIANTS);
}

/** The end of an event's JSON, from `method` on: what a request of the route that ended so looks like. */
export function outcomeOf(route: Route, status: number, variant: number): string {
  const endings = status < 400 ? route.served : route.failed;
  return `${route.head},"status":${status}${endings[variant % endings.length] ?? "}"}`;
}

function toRoute(service: string, [method, path, scope, latencyMs, bytes, priceUsd]: RouteRow): Route {
  const random = new Random(0, `route/${service}/${method} ${path}`);
  const latency = (median: number) => `,"latency_ms":${Math.max(1, Math.round(random.logNormal(median, 0.45)))}`;
  const costUpTo = new Float64Array(VARIANTS + 1);
  const served = Array.from({ length: VARIANTS }, (_, variant) => {
    const size = `${latency(latencyMs)},"bytes":${Math.round(random.logNormal(bytes, 0.5))}`;
    if (priceUsd === 0) return `${size}}`;
    // What is billed by size varies much; its mean is the list price (a log-normal with median exp(-sigma²/2)).
    const micros = Math.max(1, Math.round(random.logNormal(priceUsd * Math.exp(-0.08), 0.4) * 1e6));
    costUpTo[variant + 1] = (costUpTo[variant] ?? 0) + micros;
    return `${size},"cost_usd":${(micros / 1e6).toFixed(6)}}`;
  });
  const failed = Array.from({ length: 32 }, () => `${latency(9)},"bytes":${random.whole(60, 320)}}`);
  const head = `,"method":"${method}","route":"${path}","scope":"${scope}"`;
  const okStatus = method === "POST" ? 201 : method === "DELETE" ? 204 : 200;
  return { method, path, scope, priceUsd, okStatus, head, served, costUpTo, failed };
}
