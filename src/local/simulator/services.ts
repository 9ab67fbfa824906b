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

/** What holders' servers, phones and browsers call themselves, and what scripts of thieves do. */
export const userAgents = {
  server: [
    "python-sdk/5.4.1 Python/3.12.4",
    "node-sdk/12.0.3 node/20.15.1",
    "java-sdk/24.9.0 java/17.0.11",
    "go-sdk/1.88.0 go/1.22.5",
    "ruby-sdk/11.6.0 ruby/3.3.4",
    "php-sdk/13.2.0 PHP/8.3.9",
    "axios/1.7.2",
    "okhttp/4.12.0",
  ],
  client: [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ShopApp/7.31 (iOS 18.5)",
    "ShopApp/7.30.2 (Android 15)",
  ],
  build: ["curl/8.5.0", "npm/10.8.2 node/v20.15.1 linux x64", "pip/24.1.2 (python 3.12.4)", "git/2.45.2"],
  script: [
    "python-requests/2.32.3",
    "python-httpx/0.27.0",
    "curl/8.8.0",
    "Go-http-client/2.0",
    "aiohttp/3.9.5",
    "node-fetch/1.0",
  ],
} as const;

function toRoute(service: string, [method, path, scope, latencyMs, bytes, priceUsd]: RouteRow): Route {
  const random = new Random(0, `route/${service}/${method} ${path}`);
  const latency = (median: number) => `,"latency_ms":${Math.max(1, Math.round(random.logNormal(median, 0.45)))}`;
  const served = Array.from({ length: VARIANTS }, () => {
    const size = `${latency(latencyMs)},"bytes":${Math.round(random.logNormal(bytes, 0.5))}`;
    if (priceUsd === 0) return `${size}}`;
    // What is billed by size varies much; its mean is the list price (a log-normal with median exp(-sigma²/2)).
    const micros = Math.max(1, Math.round(random.logNormal(priceUsd * Math.exp(-0.08), 0.4) * 1e6));
    return `${size},"cost_usd":${(micros / 1e6).toFixed(6)}}`;
  });
  const failed = Array.from({ length: 32 }, () => `${latency(9)},"bytes":${random.whole(60, 320)}}`);
  const head = `,"method":"${method}","route":"${path}","scope":"${scope}"`;
  return {
    method,
    path,
    scope,
    priceUsd,
    okStatus: method === "POST" ? 201 : method === "DELETE" ? 204 : 200,
    head,
    served,
    failed,
  };
}
