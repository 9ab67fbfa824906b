import type { SourceFile } from "./source-tree.js";

/**
 * Who may import whom, room by room. A room is a folder of src/pipeline or src/store with what lies below it, src/page/compose, or else a folder or
 * file of src. A room may import from itself; `x/*` is a room with all its sub-rooms; `x (type)` allows `import type` only; what is not in
 * the table may import nothing and fails.
 */
const pure = ["model", "text", "time"];
const edges = [...pure, "flow", "secret", "log", "own-files"];
const database = [...edges, "store/problem", "store/clickhouse", "store/redis"];
const story = [...pure, "flow", "store/*", "baseline", "detect", "incident", "contain", "page", "page/compose"];
const below = [
  ...edges,
  "config",
  "baseline",
  "detect",
  "incident",
  "contain",
  "guard",
  "destination",
  "page",
  "store/*",
  "import",
  "pull",
  "queue",
  "pipeline/*",
];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  text: [],
  "own-files": [],
  flow: [],
  send: [],
  model: ["text"],
  time: ["model", "text"],
  secret: [],
  log: ["text/secret/secret-shape"],
  "unknown-setting": ["text/nearest-name"],
  "token-list": ["secret"],
  "redis-url": [],
  "clickhouse-urls": ["secret"],
  "setting-types": ["clickhouse-urls", "redis-url", "secret", "token-list"],
  "oidc-problems": [],
  config: ["contain", "destination", "guard", "oidc-problems", "setting-types", "token-list", "unknown-setting"],
  "live-settings": ["config", "flow/watch-file", "token-list"],
  "work-log": ["log", "model", "pipeline/*", "store/*"],
  baseline: pure,
  detect: [...pure, "own-files"],
  incident: pure,
  contain: [...pure, "incident"],
  guard: [...edges, "contain"],
  destination: [...edges, "guard"],
  page: edges,
  "page/compose": [...pure, "page"],
  store: [...edges, "clickhouse-urls", "store/*"],
  "store/problem": edges,
  "store/clickhouse": [...edges, "clickhouse-urls", "store/problem"],
  "store/redis": [...edges, "redis-url", "store/problem"],
  "store/ingest": database,
  "store/networks": database,
  "store/registry": database,
  "store/learn": [...database, "store/check"],
  "store/check": database,
  "store/audit": database,
  "store/incident": database,
  "store/page": [...database, "store/networks"],
  "store/watch": database,
  "store/view": [...database, "store/check", "store/networks"],
  "store/contain": database,
  "store/sign-in": database,
  "store/pull": database,
  "store/replay": [...database, "store/ingest"],
  "store/shards": [...database, "clickhouse-urls"],
  import: edges,
  pull: edges,
  local: edges,
  queue: ["log", "model", "store/*", "time", "flow"],
  "pipeline/ingest": story,
  "pipeline/networks": story,
  "pipeline/registry": story,
  "pipeline/pull": [...story, "pull", "secret"],
  "pipeline/learn": story,
  "pipeline/page": [...story, "destination"],
  "pipeline/incident": [...story, "pipeline/page"],
  "pipeline/sources": story,
  "pipeline/contain": [...story, "guard", "pipeline/incident", "pipeline/page", "pipeline/learn", "pipeline/sources"],
  "pipeline/check": [...story, "pipeline/learn", "pipeline/incident", "pipeline/check/*"],
  "pipeline/check/facts": [...story, "pipeline/learn"],
  "pipeline/check/leak": [...story, "pipeline/learn", "pipeline/check/facts", "pipeline/check/group"],
  "pipeline/check/group": story,
  "pipeline/check/network": [...story, "pipeline/check/facts"],
  "pipeline/check/provider": story,
  "pipeline/check/caller": [...story, "pipeline/learn", "pipeline/check/facts"],
  "pipeline/check/rules": story,
  "pipeline/check/rules/trial": [...story, "pipeline/check/rules"],
  "pipeline/shards": story,
  "pipeline/audit": [...story, "pipeline/incident"],
  "pipeline/watch": [...story, "destination", "pipeline/incident", "pipeline/page", "pipeline/learn"],
  "pipeline/view": [
    ...story,
    "pipeline/learn",
    "pipeline/page",
    "pipeline/incident",
    "pipeline/watch",
    "pipeline/sources",
    "pipeline/ingest (type)",
  ],
  "pipeline/replay": [
    ...story,
    "own-files",
    "pipeline/ingest",
    "pipeline/learn",
    "pipeline/check",
    "pipeline/check/facts",
    "pipeline/incident",
    "pipeline/page",
  ],
  http: [...pure, "flow", "log", "import", "pipeline/*", "store/*"],
  web: [...pure, "flow", "log", "own-files", "pipeline/*", "store/*", "page/compose"],
  jobs: ["queue/define-job", "pipeline/*", "app (type)"],
  app: [...below, "http", "web", "live-settings", "work-log"],
  commands: [...below, "clickhouse-urls", "page/compose", "http", "web", "app", "live-settings", "local"],
  main: [...below, "http", "web", "app", "commands", "local", "jobs"],
};

/** Folders whose folders are rooms of their own. */
const STOREYS = new Set(["pipeline", "store"]);

/** `src/pipeline/check/leak/a.ts` -> `pipeline/check/leak`, `src/model/key/b.ts` -> `model`, `src/log.ts` -> `log`, `jobs/x.ts` -> `jobs`. */
export function roomOf(path: string): string {
  const [top = "", first = "", ...rest] = path.split("/");
  if (top === "jobs") return "jobs";
  if (first === "page" && rest[0] === "compose") return "page/compose";
  return STOREYS.has(first) ? [first, ...rest.slice(0, -1)].join("/") : first.replace(/\.ts$/, "");
}

const isIn = (room: string, allowed: string) =>
  allowed.endsWith("/*") ? `${room}/`.startsWith(allowed.slice(0, -1)) : room === allowed;

/** The imports of a file that the table does not allow, as sentences. */
export function breachesOf(file: SourceFile): string[] {
  const from = roomOf(file.path);
  const allowed = mayImport[from];
  if (allowed === undefined) return [`${file.path}: ${from} is not in the table`];
  return file.imports
    .filter(({ ours }) => ours)
    .filter(({ target, typeOnly }) => {
      if (!/^(src|jobs)\//.test(target)) return true;
      const to = roomOf(target);
      const module = target.replace(/^src\//, "").replace(/\.ts$/, "");
      if (to === from || allowed.includes(module)) return false;
      if (typeOnly && allowed.includes(`${to} (type)`)) return false;
      return !allowed.some((one) => isIn(to, one));
    })
    .map(({ target }) => `${file.path} imports ${target}`);
}

/** The rooms of the first cycle of imports between rooms, or none; types count, for who needs another's words needs that room. */
export function findRoomCycle(files: readonly SourceFile[]): string[] {
  const rooms = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const targets = rooms.get(roomOf(path)) ?? new Set();
    for (const { target, ours } of imports) if (ours && /^(src|jobs)\//.test(target)) targets.add(roomOf(target));
    rooms.set(roomOf(path), targets);
  }
  const done = new Set<string>();
  const visit = (room: string, trail: readonly string[]): string[] => {
    if (trail.includes(room)) return [...trail.slice(trail.indexOf(room)), room];
    if (done.has(room)) return [];
    for (const next of rooms.get(room) ?? []) {
      const cycle = next === room ? [] : visit(next, [...trail, room]);
      if (cycle.length > 0) return cycle;
    }
    done.add(room);
    return [];
  };
  return [...rooms.keys()].map((room) => visit(room, [])).find((cycle) => cycle.length > 0) ?? [];
}

/** The files of the first import cycle, or none. What the table allows as a type only closes no cycle. */
export function findCycle(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (typeOnly && mayImport[roomOf(path)]?.includes(`${roomOf(target)} (type)`) === true) continue;
      const cycle = visit(target, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  return files.map((file) => visit(file.path, [])).find((cycle) => cycle.length > 0) ?? [];
}
