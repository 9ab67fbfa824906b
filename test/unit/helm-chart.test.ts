import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { environmentNames, readConfig } from "../../src/config.js";
import { CHART, chartTemplates, chartValues } from "../helpers/helm-chart.js";
import { readText } from "../helpers/source-tree.js";

interface Schema {
  readonly properties: {
    readonly secret: { readonly properties: { readonly settings: { readonly items: { readonly enum: string[] } } } };
    readonly settings: { readonly propertyNames: { readonly enum: string[] } };
  };
}

const schema = JSON.parse(readText(`${CHART}/values.schema.json`)) as Schema;
const secrets = schema.properties.secret.properties.settings.items.enum;
const plain = schema.properties.settings.propertyNames.enum;
/** What the chart sets itself, or what only a sender needs. */
const OWN = ["PLIMSOLL_HTTP_HOST", "PLIMSOLL_HTTP_PORT", "PLIMSOLL_URL"];
const whole = chartTemplates.map(([, text]) => text).join("\n");

/** Paths of all values that are not groups of others. */
function leavesOf(values: object, path: readonly string[] = []): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const here = [...path, name];
    const isGroup =
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return isGroup && name !== "resources" ? leavesOf(value as object, here) : [here.join(".")];
  });
}

describe("the values of the chart", () => {
  const validate = new Ajv({ allErrors: true }).compile(schema as object);

  it("fit their schema once the Secret is named, and do not before", () => {
    assert.ok(validate(chartValues()), JSON.stringify(validate.errors));
    assert.equal(validate(parse(readText(`${CHART}/values.yaml`))), false);
  });

  it("refuse a misspelt name, a secret among the plain settings, a number for a text, and a Secret without the stores", () => {
    const values = chartValues();
    const wrong: object[] = [
      { ...values, replicas: 3 },
      { ...values, settings: { PLIMSOLL_BASE_ULR: "https://plimsoll.example" } },
      { ...values, settings: { PLIMSOLL_KEY_PEPPER: "secret" } },
      { ...values, settings: { PLIMSOLL_RAW_DAYS: 30 } },
      { ...values, secret: { name: "plimsoll", settings: ["CLICKHOUSE_URL"] } },
      { ...values, secret: { name: "plimsoll", settings: ["CLICKHOUSE_URL", "REDIS_URL", "PLIMSOLL_BASE_URL"] } },
    ];
    assert.deepEqual(
      wrong.map((one) => validate(one)),
      wrong.map(() => false),
    );
  });

  it("take every setting: as a key of the Secret, or in plain", () => {
    assert.deepEqual([...secrets, ...plain, ...OWN].toSorted(), environmentNames.toSorted());
    const secret =
      /TOKENS?$|PEPPER|SECRET|ROUTING_KEY|_(ADMIN|MANAGEMENT|ACCESS)_KEY$|GUARDS|DESTINATIONS|^(CLICKHOUSE|REDIS)_URL$/;
    assert.deepEqual(environmentNames.filter((name) => secret.test(name)).toSorted(), secrets.toSorted());
  });

  it("are all used, and no other is asked for", () => {
    const used = new Set([...whole.matchAll(/\.Values((?:\.\w+)+)/g)].map(([, path = ""]) => path.slice(1)));
    const known = leavesOf(chartValues());
    assert.deepEqual(
      known.filter((path) => !used.has(path)),
      [],
    );
    const unknown = [...used].filter((path) => !known.includes(path) && !path.startsWith("settings."));
    assert.deepEqual(unknown, []);
  });
});

describe("the templates of the chart", () => {
  it("are YAML between their actions", () => {
    for (const [path, text] of chartTemplates.filter(([name]) => name.endsWith(".yaml"))) {
      const bare = text.replaceAll(/^ *\{\{.*?\}\} *$/gm, "").replaceAll(/\{\{.*?\}\}/g, "x");
      const problems = parseAllDocuments(bare).flatMap(({ errors }) => errors.map(({ message }) => message));
      assert.deepEqual(problems, [], path);
    }
  });

  it("name only settings that there are", () => {
    const named = [...whole.matchAll(/\b(?:PLIMSOLL|PAGERDUTY|CLICKHOUSE|REDIS)_[A-Z_]+[A-Z]/g)].map(([name]) => name);
    assert.ok(named.includes("PLIMSOLL_HTTP_HOST"));
    // What only begins like settings, as their common part does.
    const unknown = named.filter((name) => !environmentNames.some((one) => one.startsWith(name)));
    assert.deepEqual(unknown, []);
  });

  it("keep Kubernetes from setting what Plimsoll would refuse to start with", () => {
    assert.throws(() => readConfig({ PLIMSOLL_SERVICE_HOST: "10.0.0.1" }), /PLIMSOLL_SERVICE_HOST/);
    assert.match(whole, /^enableServiceLinks: false$/m);
  });

  it("ask routes and ports that there are, and scale by a metric that there is", () => {
    const routes = readText("src/http/health-route.ts");
    const asked = [...whole.matchAll(/path: (\/\w+)[, \n]/g)].map(([, path = ""]) => path);
    assert.deepEqual([...new Set(asked)].toSorted(), ["/healthz", "/metrics"]);
    for (const path of asked) assert.ok(routes.includes(`server.get("${path}"`), path);
    assert.ok(whole.includes(`containerPort: ${readConfig({}).PLIMSOLL_HTTP_PORT}`));
    assert.ok(whole.includes("name: plimsoll_queue_age_seconds"));
    assert.match(readText("src/http/queue-metrics.ts"), /laneGauge\("queue_age_seconds"/);
  });

  it("are of this version", () => {
    const chart = parse(readText(`${CHART}/Chart.yaml`)) as Record<string, string>;
    const { version } = JSON.parse(readText("package.json")) as { readonly version: string };
    assert.deepEqual([chart["version"], chart["appVersion"]], [version, version]);
  });
});
