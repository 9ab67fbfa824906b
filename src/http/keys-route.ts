import type { FastifyReply } from "fastify";
import type { IdentifyKey } from "../model/key/identify-key.js";
import { parseKey } from "../model/key/parse-key.js";
import { readRotation, rotateKey, type KeyRefusal, type Rotation } from "../pipeline/registry/change-keys.js";
import { keyToJson, listKeysAt, readKeyAt, unknownSourceToJson } from "../pipeline/registry/list-keys.js";
import { recordKeys } from "../pipeline/registry/record-keys.js";
import type { Store } from "../store/store.js";
import { judgeAccess, type AccessToken, type Right } from "./access.js";
import { parseRotation } from "./parse-rotation.js";
import type { Routes } from "./server.js";
import { takeSmallBodies } from "./small-bodies.js";

export interface KeysRouteDeps {
  readonly store: Store;
  readonly tokens: () => readonly AccessToken[];
  /** Null without a pepper. */
  readonly identify: () => IdentifyKey | null;
  readonly now: () => number;
}

const BODY_LIMIT = 2 ** 20;
const BUDGET_BYTES = 8 * BODY_LIMIT;
type KeyPath = { Params: { key_id: string } };

/**
 * The registry over HTTP: `GET /v1/keys`, `GET` and `PUT /v1/keys/{key_id}`, `GET` and `POST /v1/keys/{key_id}/rotations`. Reading takes
 * a read or an admin token, writing an admin token; every write is a new version in the token's name.
 */
export function keysRoute(deps: KeysRouteDeps): Routes {
  const { store } = deps;
  return async (server) => {
    server.decorateRequest("author", "");
    takeSmallBodies(server, {
      limitBytes: BODY_LIMIT,
      budgetBytes: BUDGET_BYTES,
      sourceOf: (request) => request.getDecorator<string>("author"),
    });
    server.addHook("onRequest", async (request, reply) => {
      const rights: readonly Right[] = request.method === "GET" ? ["read", "admin"] : ["admin"];
      const verdict = judgeAccess(deps.tokens(), request.headers.authorization, ...rights);
      if (verdict.kind === "granted") return request.setDecorator("author", verdict.name);
      if (verdict.status === 401) reply.header("www-authenticate", "Bearer");
      return reply.code(verdict.status).send({ error: verdict.error });
    });
    server.get("/v1/keys", async (_request, reply) => {
      const now = deps.now();
      const { keys, unknownSources } = await listKeysAt(store, now);
      return reply.send([...keys.map((key) => keyToJson(key, now)), ...unknownSources.map(unknownSourceToJson)]);
    });
    server.get<KeyPath>("/v1/keys/:key_id", async (request, reply) => {
      const now = deps.now();
      const { key_id: keyId } = request.params;
      const key = await readKeyAt(store, keyId, now);
      if (key !== null) return reply.send(keyToJson(key, now));
      const unknownSource = await store.registry.readUnregisteredKey(keyId);
      if (unknownSource === null) return reply.code(404).send({ error: "unknown key" });
      return reply.send(unknownSourceToJson(unknownSource));
    });
    server.put<KeyPath>("/v1/keys/:key_id", async (request, reply) => {
      const { key_id: keyId } = request.params;
      const entry = objectOf(request.body);
      if (entry === null) return reply.code(400).send({ error: "nothing was written", errors: ["send a JSON object"] });
      if (entry["key_id"] !== undefined && entry["key_id"] !== keyId) {
        return reply
          .code(400)
          .send({ error: "nothing was written", errors: ["key_id: differs from the one in the URL"] });
      }
      const parsed = parseKey({ ...entry, key_id: keyId }, deps.now(), deps.identify() ?? undefined);
      if ("problems" in parsed) return reply.code(400).send({ error: "nothing was written", errors: parsed.problems });
      const plan = await recordKeys(store, [parsed], request.getDecorator<string>("author"));
      const clashes = plan.problems.map(({ problem }) => problem);
      if (clashes.length > 0) return reply.code(409).send({ error: "nothing was written", errors: clashes });
      const now = deps.now();
      const key =
        (await store.registry.readKeyVersions([keyId])).findLast((version) => version.validFrom <= now) ?? parsed.key;
      return reply.send({ change: plan.changes[0], key: keyToJson(key, now) });
    });
    server.get<KeyPath>("/v1/keys/:key_id/rotations", async (request, reply) =>
      answer(reply, await readRotation(store, request.params.key_id, deps.now()), deps.now(), 200),
    );
    server.post<KeyPath>("/v1/keys/:key_id/rotations", async (request, reply) => {
      const now = deps.now();
      const wish = parseRotation(objectOf(request.body), request.params.key_id, now, deps.identify());
      if ("problems" in wish) return reply.code(400).send({ error: "nothing was written", errors: wish.problems });
      return answer(reply, await rotateKey(store, wish, request.getDecorator<string>("author"), now), now, 201);
    });
  };
}

function answer(reply: FastifyReply, outcome: Rotation | KeyRefusal, now: number, done: number): FastifyReply {
  if (outcome.kind === "unknown") return reply.code(404).send({ error: "unknown key" });
  if (outcome.kind === "refused")
    return reply.code(409).send({ error: "nothing was written", errors: outcome.reasons });
  const { key, successor, state, lastUsedAt } = outcome;
  return reply.code(done).send({
    key_id: key.keyId,
    state,
    successor: successor === null ? null : keyToJson(successor, now),
    due: key.rotateBy === null ? null : new Date(key.rotateBy).toISOString(),
    last_used_within_the_hour: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
  });
}

function objectOf(body: unknown): Record<string, unknown> | null {
  try {
    const value: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString("utf8")) : null;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
