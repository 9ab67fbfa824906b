import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { Secret } from "../../src/secret.js";
import { membersOf, printCluster } from "../../src/store/clickhouse/print-cluster.js";
import { shardUrls } from "../../src/clickhouse-urls.js";
import { parseRedisUrl } from "../../src/redis-url.js";
import { readText } from "../helpers/source-tree.js";

interface Service {
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

const file = readText("docker-compose.yml");
const compose = parse(file, { merge: true, maxAliasCount: 500 }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const cluster = Object.entries(compose.services).filter(([, { profiles }]) => profiles?.includes("cluster") === true);
const names = cluster.map(([name]) => name);
const namesOf = (kind: string) => names.filter((name) => name.startsWith(`cluster-${kind}-`));

/** The URL that the head of the file has written into a secret, with the password in its place. */
function urlOfHead(secret: string): string {
  const printed = new RegExp(String.raw`printf '([^']+)' \\\n[^\n]+> ${secret}\n`).exec(file)?.[1] ?? "";
  return printed.replaceAll("%s", "secret-of-24-characters");
}

describe("the profile cluster of docker-compose.yml", () => {
  it("has two shards, two Redis with three sentinels, two of serve and of work, and one migration", () => {
    const counts = ["clickhouse", "redis", "sentinel", "serve", "work"].map((kind) => [kind, namesOf(kind).length]);
    assert.deepEqual(Object.fromEntries(counts), { clickhouse: 2, redis: 2, sentinel: 3, serve: 2, work: 2 });
    assert.equal(names.length, 2 + 2 + 3 + 2 + 2 + 1);
  });

  it("shares neither data, stores nor ports with the single servers", () => {
    const seen = new Set<string>();
    for (const [name, { ports = [], volumes = [] }] of Object.entries(compose.services)) {
      const own = volumes.filter((volume) => !volume.startsWith("./")).map((volume) => volume.split(":")[0] ?? "");
      for (const one of [...ports, ...own]) {
        assert.ok(!seen.has(one), `${name} ${one}`);
        seen.add(one);
      }
    }
    for (const [name, { environment = {}, depends_on: needs = {} }] of cluster) {
      for (const setting of ["CLICKHOUSE_URL_FILE", "REDIS_URL_FILE"])
        assert.match(environment[setting] ?? "/run/secrets/cluster_", /^\/run\/secrets\/cluster_/, name);
      assert.deepEqual(
        Object.keys(needs).filter((one) => !names.includes(one)),
        [],
        name,
      );
    }
  });

  it("has the servers find each other by the file that migrate --print-cluster prints for the URL of its head", () => {
    const url = urlOfHead("cluster_clickhouse_url");
    const members = membersOf(new Secret(url));
    assert.deepEqual(
      members.map(({ host }) => host),
      namesOf("clickhouse"),
    );
    assert.ok(shardUrls(new Secret(url)).every((one) => new URL(one.reveal()).port === "8123"));
    assert.equal(readText("sql/access/compose-cluster.xml"), printCluster(members));
    for (const name of namesOf("clickhouse")) {
      const { volumes = [], entrypoint = [] } = compose.services[name] ?? {};
      for (const [from, to] of [
        ["compose-cluster.xml", "config.d/plimsoll-cluster.xml"],
        ["shards.xml", "users.d/plimsoll-shards.xml"],
        ["users.xml", "users.d/plimsoll.xml"],
      ])
        assert.ok(volumes.includes(`./sql/access/${from}:/etc/clickhouse-server/${to}:ro`), `${name} ${from}`);
      assert.match(
        entrypoint.join("\n"),
        /CLICKHOUSE_SHARDS_PASSWORD="\$\$\(cat \/run\/secrets\/clickhouse_shards_password\)"/,
      );
    }
  });

  it("asks all three sentinels for the master by the name under which they watch it", () => {
    const address = parseRedisUrl(urlOfHead("cluster_redis_url"));
    assert.ok("kind" in address && address.kind === "sentinels");
    assert.deepEqual(
      address.sentinels,
      namesOf("sentinel").map((host) => ({ host, port: 26_379 })),
    );
    for (const name of namesOf("sentinel")) {
      const command = compose.services[name]?.command?.join("\n") ?? "";
      assert.ok(command.includes(`sentinel monitor ${address.master} cluster-redis-1 6379 2`), name);
      assert.equal(compose.services[name]?.environment?.["ANNOUNCED_AS"], name);
    }
    for (const name of namesOf("redis")) assert.equal(compose.services[name]?.environment?.["ANNOUNCED_AS"], name);
    assert.equal(address.sentinelPassword, address.password);
  });

  it("starts with one line of its head, which names each of serve and work", () => {
    const line = /docker compose up (cluster-[^\n]+)/.exec(file)?.[1] ?? "";
    assert.deepEqual(line.split(" "), [...namesOf("serve"), ...namesOf("work")]);
  });
});
