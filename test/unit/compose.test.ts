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
const compose = parse(text, { merge: true }) as {
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
    assert.deepEqual(onRequest, [
      ["cli", ["cli"]],
      ["grafana", ["grafana"]],
    ]);
    assert.deepEqual(
      ours.map(([name, { command }]) => [name, command]),
      [
        ["migrate", ["migrate"]],
        ["serve", ["serve"]],
        ["work", ["work"]],
        ["cli", ["doctor"]],
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
    for (const [name, { environment = {}, secrets = [] }] of services) {
      const named = Object.entries(environment).filter(([variable]) => secret.test(variable));
      for (const [variable, value] of named) {
        assert.match(variable, /_FILE$/, name);
        assert.ok(secrets.includes(value.replace("/run/secrets/", "")), `${name} does not mount ${value}`);
      }
    }
    const mounted = new Set(services.flatMap(([, service]) => service.secrets ?? []));
    assert.deepEqual([...mounted].sort(), Object.keys(compose.secrets).sort());
    assert.ok(Object.entries(compose.secrets).every(([name, { file }]) => file === `./secrets/${name}`));
    assert.match(readText(".gitignore"), /^secrets\/$/m);
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

  it("keeps what Redis was given: append-only file, nothing evicted", () => {
    const command = compose.services["redis"]?.command?.join(" ") ?? "";
    assert.match(command, /--appendonly yes/);
    assert.match(command, /--maxmemory-policy noeviction/);
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
    assert.deepEqual(watched.sort(), ["clickhouse", "grafana", "redis", "serve"]);
  });
});
