/** One Redis, or the sentinels that know which of several is the master. Holds passwords: print it nowhere. */
export type RedisAddress =
  | { readonly kind: "server"; readonly url: string }
  | {
      readonly kind: "sentinels";
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      /** What the sentinels call the master. */
      readonly master: string;
      readonly username: string | undefined;
      readonly password: string | undefined;
      /** Of the sentinels themselves. */
      readonly sentinelUsername: string | undefined;
      readonly sentinelPassword: string | undefined;
      readonly database: number;
      readonly tls: boolean;
    };

const SENTINEL = /^(redis|rediss)-sentinel:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/(\d{1,3}))?(?:\?(.*))?$/;
const HOST = /^(\[[0-9A-Fa-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;
const SENTINEL_PORT = 26_379;
const FORM =
  "must be redis://[user:password@]host:port/database, rediss:// for TLS, or redis-sentinel://[user:password@]host:26379,host:26379/database?name=master (rediss-sentinel:// for TLS)";

/** Reads REDIS_URL, or says in words that quote nothing of it what is wrong. */
export function parseRedisUrl(text: string): RedisAddress | { readonly problem: string } {
  const found = SENTINEL.exec(text);
  if (found === null) {
    const isServer = URL.canParse(text) && ["redis:", "rediss:"].includes(new URL(text).protocol);
    return isServer ? { kind: "server", url: text } : { problem: FORM };
  }
  const [, scheme, login = "", hosts = "", database = "0", query = ""] = found;
  const sentinels = hosts.split(",").map(hostOf);
  if (sentinels.some((one) => one === null)) return { problem: `${FORM}; a host with its port is host:26379` };
  const asked = new URLSearchParams(query);
  const master = asked.get("name") ?? "";
  if (master === "") return { problem: "names no master: end it with ?name= and what the sentinels call the master" };
  const unknown = [...asked.keys()].some((name) => !QUERY.has(name));
  if (unknown) return { problem: `may have ${[...QUERY].join(", ")} behind the question mark, and nothing else` };
  const colon = login.indexOf(":");
  const [username, password] = colon < 0 ? [login, ""] : [login.slice(0, colon), login.slice(colon + 1)];
  const decoded = [username, password].map(decode);
  if (decoded.includes(null))
    return { problem: "has a % in its user or password that is not percent-encoded: write %25" };
  return {
    kind: "sentinels",
    sentinels: sentinels.flatMap((one) => one ?? []),
    master,
    username: decoded[0] || undefined,
    password: decoded[1] || undefined,
    sentinelUsername: asked.get("sentinel_user") || undefined,
    sentinelPassword: asked.get("sentinel_password") || undefined,
    database: Number(database),
    tls: scheme === "rediss",
  };
}

const QUERY: ReadonlySet<string> = new Set(["name", "sentinel_user", "sentinel_password"]);

function hostOf(text: string): { readonly host: string; readonly port: number } | null {
  const found = HOST.exec(text.trim());
  const port = Number(found?.[2] ?? SENTINEL_PORT);
  if (found?.[1] === undefined || port < 1 || port > 65_535) return null;
  return { host: found[1].replaceAll(/[[\]]/g, ""), port };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
