import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { jobs } from "../../jobs/index.js";
import { environmentNames, readConfig } from "../../src/config.js";
import { readText } from "../helpers/source-tree.js";

interface Service {
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
}

const file = readText("docker-compose.yml");
const compose = parse(file, { merge: true, maxAliasCount: 500 }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const ours = Object.entries(compose.services).filter(([, service]) => service.build !== undefined);

it("the README names every job that run takes", () => {
  const row =
    readText("README.md")
      .split("\n")
      .find((line) => line.startsWith("| `run <job>")) ?? "";
  for (const { name, schedule } of jobs) assert.equal(row.includes(`\`${name}\``), schedule !== undefined, name);
});

describe("settings of docker-compose.yml", () => {
  /** As Compose reads them from .env: a name with its default. */
  const ofDotEnv = (text: string) => /^\$\{([A-Z_]+):-([^}]*)\}$/.exec(text);

  it("takes events host, budgets, retention, networks file, heartbeat and base URL from .env, for every process alike", () => {
    const names = [
      "PAGERDUTY_EVENTS_HOST",
      "PLIMSOLL_FALSE_PAGES_PER_MONTH",
      "PLIMSOLL_NOTICES_PER_WEEK",
      "PLIMSOLL_PAGE_BUDGET",
      "PLIMSOLL_NOTICE_BUDGET",
      "PLIMSOLL_RAW_DAYS",
      "PLIMSOLL_MINUTE_DAYS",
      "PLIMSOLL_HOUR_DAYS",
      "PLIMSOLL_NETWORKS_FILE",
      "PLIMSOLL_HEARTBEAT_URL",
      "PLIMSOLL_BASE_URL",
      "PLIMSOLL_TRUSTED_PROXIES",
    ];
    for (const [service, { environment = {}, volumes = [] }] of ours) {
      for (const name of names) assert.equal(ofDotEnv(environment[name] ?? "")?.[1], name, `${service} ${name}`);
      assert.ok(volumes.includes("./networks:/etc/plimsoll/networks:ro"), service);
    }
  });

  it("hands every setting on, or sets it: one that is forgotten here could not be set", () => {
    const given = new Set(ours.flatMap(([, { environment = {} }]) => Object.keys(environment)));
    const missing = environmentNames.filter((name) => !given.has(name) && !given.has(`${name}_FILE`));
    // The port inside the container: what others see is in `ports`.
    assert.deepEqual(missing, ["PLIMSOLL_HTTP_PORT"]);
  });

  it("gives serve and the command line what signing in takes, and all but the migration guards and destinations by a file", () => {
    const oidc = environmentNames.filter((name) => name.startsWith("PLIMSOLL_OIDC_"));
    for (const service of ["serve", "cli"]) {
      const { environment = {} } = compose.services[service] ?? {};
      for (const name of oidc.map((one) => (one.endsWith("_SECRET") ? `${one}_FILE` : one)))
        assert.equal(ofDotEnv(environment[name] ?? "")?.[1], name, `${service} ${name}`);
    }
    for (const [service, { environment = {}, volumes = [] }] of ours) {
      if (service.endsWith("migrate")) continue;
      for (const name of ["PLIMSOLL_GUARDS_FILE", "PLIMSOLL_DESTINATIONS_FILE"])
        assert.equal(ofDotEnv(environment[name] ?? "")?.[1], name, `${service} ${name}`);
      assert.ok(volumes.includes("./private:/etc/plimsoll/private:ro"), service);
    }
  });

  it("gives every process an environment that can be used, where .env says nothing and where it says everything", () => {
    const given: Readonly<Record<string, string>> = {
      PLIMSOLL_HEARTBEAT_URL: "https://hc.example/ping",
      PAGERDUTY_EVENTS_HOST: "events.eu.pagerduty.com",
      PLIMSOLL_PAGE_BUDGET: "0.2",
      PLIMSOLL_TRUSTED_PROXIES: "172.16.0.0/12",
    };
    for (const [service, { environment = {} }] of ours) {
      for (const dotEnv of [{}, given] as Readonly<Record<string, string>>[]) {
        const settings = Object.entries(environment)
          .filter(([name]) => !name.endsWith("_FILE") || environmentNames.includes(name))
          .map(([name, text]) => {
            const [, from = "", otherwise = text] = ofDotEnv(text) ?? [];
            return [name, dotEnv[from] ?? otherwise] as const;
          });
        const config = readConfig(Object.fromEntries(settings));
        const host = dotEnv["PAGERDUTY_EVENTS_HOST"] ?? "events.pagerduty.com";
        assert.equal(config.PAGERDUTY_EVENTS_HOST, host, service);
      }
    }
  });

  it("keeps what ClickHouse writes about itself for two weeks, and switches no such log on", () => {
    const text = readText("sql/access/system-logs.xml");
    const logs = [...text.matchAll(/<(\w+_log)><ttl>event_date \+ INTERVAL 14 DAY DELETE<\/ttl><\/\1>/g)];
    const names = logs.map(([, name]) => name);
    for (const name of ["query_log", "text_log", "metric_log", "trace_log", "part_log", "asynchronous_metric_log"])
      assert.ok(names.includes(name), name);
    // Off as the server comes, or with an engine of its own, beside which no TTL may stand.
    for (const name of ["session_log", "zookeeper_log", "opentelemetry_span_log", "crash_log"])
      assert.ok(!names.includes(name), name);
    assert.deepEqual(
      text.match(/<(?!\/|!--|ttl|clickhouse)(\w+)/g)?.map((tag) => tag.slice(1)),
      names,
    );
    const folder = "/etc/clickhouse-server/config.d/plimsoll-system-logs.xml";
    assert.ok(compose.services["clickhouse"]?.volumes?.includes(`./sql/access/system-logs.xml:${folder}:ro`));
  });

  it("says how the commands run inside, with the service that has what they need", () => {
    const runs = [...file.matchAll(/docker compose run --rm (?:-T )?(\w+) (\w+)/g)].map(([, service, command]) => [
      service,
      command,
    ]);
    assert.deepEqual(runs.slice(0, 2), [
      ["cli", "doctor"],
      ["cli", "keys"],
    ]);
    const all = new Set(["serve", "work"].flatMap((name) => compose.services[name]?.secrets ?? []));
    assert.deepEqual([...(compose.services["cli"]?.secrets ?? [])].sort(), [...all].sort());
  });
});
