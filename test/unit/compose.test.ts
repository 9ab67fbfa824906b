import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { environmentNames } from "../../src/config.js";
import { readText } from "../helpers/source-tree.js";

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const text = readText("docker-compose.yml");
const compose = parse(text, { merge: true, maxAliasCount: 500 }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);

describe("docker-compose.yml", () => {
  it("runs the stores, one migration and both halves of Plimsoll, Grafana and the command line for those who ask for them", () => {
    const always = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    assert.deepEqual(always.sort(), ["clickhouse", "migrate", "redis", "serve", "work"]);
    const onRequest = services.flatMap(([name, { profiles }]) => (profiles === undefined ? [] : [[name, profiles]]));
    assert.deepEqual(
      onRequest.filter(([, profiles]) => profiles?.[0] !== "cluster"),
      [
        ["cli", ["cli"]],
        ["grafana", ["grafana"]],
        ["cluster-cli", ["cluster-cli"]],
      ],
    );
    assert.deepEqual(
      ours.map(([name, { command }]) => [name, command]),
      [
        ["migrate", ["migrate"]],
        ["serve", ["serve"]],
        ["work", ["work"]],
        ["cli", ["doctor"]],
        ["cluster-migrate", ["migrate"]],
        ["cluster-serve-1", ["serve"]],
        ["cluster-serve-2", ["serve"]],
        ["cluster-work-1", ["work"]],
        ["cluster-work-2", ["work"]],
        ["cluster-cli", ["doctor"]],
      ],
    );
  });

  it("sets only names that the configuration knows", () => {
    const names = ours.flatMap(([, { environment }]) => Object.keys(environment ?? {}));
    const unknown = names.filter(
      (name) => !environmentNames.includes(name) && !environmentNames.includes(name.replace(/_FILE$/, "")),
    );
    assert.deepEqual(unknown, []);
    const foreign = services
      .filter(([, { build }]) => build === undefined)
      .map(([, service]) => JSON.stringify(service));
    assert.deepEqual(
      foreign.filter((service) => /\bPLIMSOLL_/.test(service)),
      [],
    );
  });

  it("opens ports to this machine only", () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    assert.ok(ports.length > 0);
    assert.deepEqual(
      ports.filter((port) => !port.startsWith("127.0.0.1:")),
      [],
    );
  });

  it("holds no secret: each comes from a file that a service names, and only from those it needs", () => {
    const secret = /PASSWORD|TOKENS|PEPPER|SECRET|ROUTING_KEY|(CLICKHOUSE|REDIS)_URL/;
    for (const [name, { environment = {}, secrets = [], volumes = [] }] of services) {
      const named = Object.entries(environment).filter(([variable]) => secret.test(variable));
      for (const [variable, value] of named) {
        assert.match(variable, /_FILE$/, name);
        // What .env may name, if anything, is a file of a folder that is mounted.
        const isOfFolder =
          value === `\${${variable}:-}` && volumes.some((one) => /^\.\/(private|providers):/.test(one));
        assert.ok(
          isOfFolder || secrets.includes(value.replace("/run/secrets/", "")),
          `${name} does not mount ${value}`,
        );
      }
    }
    const mounted = new Set(services.flatMap(([, service]) => service.secrets ?? []));
    assert.deepEqual([...mounted].sort(), Object.keys(compose.secrets).sort());
    assert.ok(Object.entries(compose.secrets).every(([name, { file }]) => file === `./secrets/${name}`));
    for (const folder of ["secrets", "private", "providers"])
      assert.match(readText(".gitignore"), new RegExp(`^${folder}/$`, "m"));
  });

  it("gives the stores' passwords neither as an argument nor in the environment of the file", () => {
    const clickhouse = compose.services["clickhouse"];
    const users = ["clickhouse", "grafana"].map((name) =>
      compose.services[name]?.entrypoint?.join("\n").match(/CLICKHOUSE_\w+_PASSWORD(?="?=)/g),
    );
    // Grafana may read as the analyst, and as nobody else.
    assert.deepEqual(users, [
      ["CLICKHOUSE_PLIMSOLL_PASSWORD", "CLICKHOUSE_ANALYST_PASSWORD", "CLICKHOUSE_NETWORKS_PASSWORD"],
      ["CLICKHOUSE_ANALYST_PASSWORD"],
    ]);
    const access = { users: "users.d", "named-collections": "config.d" };
    for (const [name, folder] of Object.entries(access)) {
      const volume = `./sql/access/${name}.xml:/etc/clickhouse-server/${folder}/plimsoll.xml:ro`;
      assert.ok(clickhouse?.volumes?.includes(volume), volume);
    }
    assert.doesNotMatch(compose.services["redis"]?.command?.join(" ") ?? "", /--requirepass|redis-cli -a/);
  });

  it("keeps what Redis was given: append-only file, written before it is answered, nothing evicted", () => {
    for (const name of ["redis", "cluster-redis-1", "cluster-redis-2"]) {
      const command = compose.services[name]?.command?.join(" ") ?? "";
      for (const option of ["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"])
        assert.ok(command.includes(option), `${name} ${option}`);
    }
  });

  it("starts Plimsoll after the one migration has ended well, and restarts all but that", () => {
    for (const name of ["serve", "work"]) {
      const needs = compose.services[name]?.depends_on;
      assert.equal(needs?.["migrate"]?.condition, "service_completed_successfully");
      assert.equal(needs["redis"]?.condition, "service_healthy");
    }
    assert.equal(compose.services["migrate"]?.depends_on?.["clickhouse"]?.condition, "service_healthy");
    const restarts = services.map(([name, { restart }]) => [name, restart]);
    assert.deepEqual(
      restarts.filter(([, restart]) => restart !== "unless-stopped"),
      [
        ["migrate", "no"],
        ["cli", "no"],
        ["cluster-migrate", "no"],
        ["cluster-cli", "no"],
      ],
    );
  });

  it("gives no process more rights than it has, and Plimsoll no disk to write on", () => {
    assert.ok(services.every(([, service]) => service.security_opt?.includes("no-new-privileges:true") === true));
    assert.ok(ours.every(([, service]) => service.read_only === true && service.cap_drop?.includes("ALL") === true));
    assert.match(readText("Dockerfile"), /^USER node$/m);
  });

  it("watches the health of everything that listens", () => {
    const watched = services.filter(([, { healthcheck }]) => healthcheck?.["test"] !== undefined).map(([name]) => name);
    const cluster = watched.filter((name) => name.startsWith("cluster-"));
    assert.deepEqual(watched.filter((name) => !cluster.includes(name)).sort(), [
      "clickhouse",
      "grafana",
      "redis",
      "serve",
    ]);
    const listening = services
      .map(([name]) => name)
      .filter((name) => /^cluster-(clickhouse|redis|sentinel|serve)-/.test(name));
    assert.deepEqual(cluster.sort(), listening.sort());
  });
});
