import { Secret } from "./secret.js";

const SEPARATOR = ";";

/** The URL of each shard: CLICKHOUSE_URL names one server, or several with a semicolon between. */
export function shardUrls(url: Secret): readonly Secret[] {
  return url
    .reveal()
    .split(SEPARATOR)
    .map((one) => new Secret(one.trim()));
}

/** The URL of the first: it has everything that is not a key's traffic, and answers for all. */
export function homeUrl(url: Secret): Secret {
  return shardUrls(url)[0]!;
}

/** Why a text is no list of shards; null when it is one. The text itself is never quoted. */
export function problemOfClickHouseUrls(text: string): string | null {
  const parts = text.split(SEPARATOR).map((one) => one.trim());
  const isAlone = parts.length === 1;
  for (const [index, part] of parts.entries()) {
    const place = isAlone ? "" : `URL ${index + 1} of ${parts.length}: `;
    if (!URL.canParse(part) || !["http:", "https:"].includes(new URL(part).protocol))
      return `${place}must be a URL that starts with http:// or https://${isAlone ? ", or several of them with ; between" : ""}`;
  }
  const urls = parts.map((part) => new URL(part));
  const hosts = urls.map(({ host }) => host);
  const twice = hosts.findIndex((host, index) => hosts.indexOf(host) < index);
  if (twice >= 0) return `URL ${hosts.indexOf(hosts[twice]!) + 1} and ${twice + 1} are the same server`;
  if (new Set(urls.map(({ pathname }) => pathname)).size > 1)
    return "all URLs must end in the same database, such as /plimsoll";
  return null;
}
