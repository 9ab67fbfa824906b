import { z } from "zod";
import { ingestOperations } from "./ingest-operations.js";
import { ACCESS, type Answer, type Content, type Operation } from "./operation.js";
import { readOperations } from "./read-operations.js";
import { registryOperations } from "./registry-operations.js";
import { reportOperations } from "./report-operations.js";

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Schemas = Record<string, JsonSchema>;

/** Of the paths under /v1. */
const API_VERSION = "1";
const OPERATIONS = [...ingestOperations, ...readOperations, ...registryOperations, ...reportOperations];

/** The OpenAPI 3.1 document of every route of `/v1`, from the schemas that bodies, parameters and answers are held against. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const schemas: Schemas = {};
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS)
    (paths[operation.path] ??= {})[operation.method] = describeOperation(operation, schemas);
  return {
    openapi: "3.1.0",
    info: {
      title: "Plimsoll",
      version: API_VERSION,
      description: "Watches every API key's use, and pages when somebody else is using a key.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: { securitySchemes: ACCESS, schemas },
  };
}

function describeOperation({ id, summary, path, access, query, body, answers }: Operation, schemas: Schemas): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const parameters = [...inPath, ...(query === undefined ? [] : parametersOf(query, schemas))];
  return {
    operationId: id,
    summary,
    security: access.map((name) => ({ [name]: [] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { content: contentOf(body, schemas) } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer, schemas)]),
    ),
  };
}

function describeAnswer({ description, content, headers = {} }: Answer, schemas: Schemas): object {
  const described = Object.entries(headers).map(([name, what]) => [
    name,
    { description: what, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
    ...(content === undefined ? {} : { content: contentOf(content, schemas) }),
  };
}

function parametersOf(query: z.ZodObject, schemas: Schemas): object[] {
  const { properties = {} } = toJsonSchema(query, "output", schemas);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as JsonSchema;
    // Fields of a query have a default or may be left out; only Firehose's format may not.
    const required = !query.shape[name]?.safeParse(undefined).success;
    // Lists are written a,b.
    return { name, in: "query", required, description, style: "form", explode: false, schema };
  });
}

/** An entry of the registry is given as it is read: an answer is described by what a schema takes. */
function contentOf(content: Content, schemas: Schemas): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: toJsonSchema(schema, "input", schemas) }]),
  );
}

/** A schema as JSON Schema; those with a name of their own go to the components. */
function toJsonSchema(schema: z.core.$ZodType, io: "input" | "output", schemas: Schemas): JsonSchema {
  const {
    $schema: _,
    $defs: named = {},
    ...plain
  } = z.toJSONSchema(z.object({ it: schema }), {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const whole = boundedOf(zodSchema);
      if (whole !== null) {
        delete jsonSchema.items;
        Object.assign(jsonSchema, toJsonSchema(whole, io, schemas));
      }
      // The format says it.
      if (jsonSchema.format === "date-time" || jsonSchema.format === "date") delete jsonSchema.pattern;
      delete jsonSchema.id;
    },
  });
  const moved = JSON.parse(
    JSON.stringify({ named, it: plain.properties?.["it"] }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { readonly named: Schemas; readonly it: JsonSchema };
  Object.assign(schemas, moved.named);
  return moved.it;
}

/** Of a list or an object whose size is looked at before anything in it: what it is after that. */
function boundedOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (!(schema instanceof z.ZodPipe)) return null;
  const { in: before, out } = schema;
  const isBounded =
    before instanceof z.ZodCustom || (before instanceof z.ZodArray && before.element instanceof z.ZodUnknown);
  return isBounded ? out : null;
}
