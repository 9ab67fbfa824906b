import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { fastify } from "fastify";
import { apiRoutes, type ApiDeps } from "../../src/http/api-routes.js";
import { eventSchema } from "../../src/http/openapi/event-schema.js";
import { openApiDocument } from "../../src/http/openapi/document.js";
import { OPTIONAL } from "../../src/model/event/other-names.js";
import { readSources } from "../helpers/source-tree.js";

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

/** What registering a route takes of its dependencies, which is nothing: they are asked on requests. */
const NOTHING = { events: {}, pagerDuty: {}, leaks: {}, keys: {} } as unknown as ApiDeps;

async function registered(): Promise<string[]> {
  const server = fastify();
  const routes: string[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat())
      // Fastify answers HEAD wherever it answers GET.
      if (one !== "HEAD") routes.push(`${one} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
  });
  for (const plugin of apiRoutes(NOTHING)) await server.register(plugin);
  await server.ready();
  await server.close();
  return routes.toSorted();
}

const document = () => JSON.parse(JSON.stringify(openApiDocument())) as Described & Record<string, unknown>;

test("every route of /v1 is described, and every description is of a route", async () => {
  const described = Object.entries(document().paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.deepEqual(described.toSorted(), await registered());
});

test("a route of /v1 is registered with the others alone", () => {
  const served = readSources("src").filter(({ imports }) =>
    imports.some(
      ({ target }) => /^src\/http\/(?:\w+\/)?[\w-]+-routes?\.ts$/.test(target) && !/health|api/.test(target),
    ),
  );
  assert.deepEqual(
    served.map(({ path }) => path),
    ["src/http/api-routes.ts"],
  );
});

test("the document is valid OpenAPI 3.1, and each operation has a name of its own", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document());
  assert.deepEqual([valid, errors ?? []], [true, []]);
  assert.equal(validator.version, "3.1");
  const names = Object.values(document().paths).flatMap((one) =>
    Object.values(one).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(names).size, names.length);
});

test("every reference leads to a schema, and what is described says what it is", () => {
  const text = JSON.stringify(document());
  const { schemas } = document()["components"] as { readonly schemas: Readonly<Record<string, unknown>> };
  const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = ""]) => target);
  assert.ok(referred.length > 0);
  for (const target of referred) assert.ok(target.replace("#/components/schemas/", "") in schemas, target);
  // A list of the registry is described with its entries, though they are looked at after its size.
  assert.match(text, /"holders":\{"maxItems":1000,"type":"array","items":\{"type":"string"/);
  assert.match(text, /"kind":\{"type":"string","const":"limit_share"\}/);
});

test("an event is described with the fields that ingest reads", () => {
  assert.deepEqual(Object.keys(eventSchema.shape).toSorted(), ["ts", "key_id", "key", "id", ...OPTIONAL].toSorted());
});
