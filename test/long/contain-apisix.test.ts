import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, test } from "node:test";
import { guardsOf, openContainStory, type ContainStory } from "../helpers/contain-story.js";

const TOKEN = "apisix-admin-key-of-the-test";
type Plugins = Record<string, unknown>;
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** Consumer groups as APISIX keeps them. */
const groups = new Map<string, Plugins>();
const seen: Seen[] = [];
/** Answers once in these words instead, after having acted or not. */
let next: { readonly status: number; readonly acts: boolean } | null = null;
let [story, server] = [] as unknown as [ContainStory, Server];

/** APISIX's Admin API: PATCH of a consumer group merges, null removes, and what is not there is "Key not found". */
function answer({ method, path, body }: Seen, key: string | undefined): [number, object] {
  if (key !== TOKEN) return [401, { description: "wrong apikey", error_msg: "failed to check token" }];
  const [, id = ""] = /^\/apisix\/admin\/consumer_groups\/([^/]+)$/.exec(path) ?? [];
  const plugins = groups.get(id);
  if (method !== "PATCH") return [405, { error_msg: "not supported" }];
  if (plugins === undefined) return [404, { message: "Key not found" }];
  for (const [name, config] of Object.entries((body as { plugins: Plugins }).plugins))
    if (config === null) delete plugins[name];
    else plugins[name] = config;
  return [200, { key: `/apisix/consumer_groups/${id}`, value: { id, plugins } }];
}

before(async () => {
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const { headers, method = "", url: path = "" } = request;
    const call = { method, path, type: headers["content-type"], body: JSON.parse(await text(request)) as unknown };
    seen.push(call);
    const forced = next;
    next = null;
    const [status, said] =
      forced?.acts === false ? [forced.status, {}] : answer(call, headers["x-api-key"]?.toString());
    response.writeHead(forced?.status ?? status, { "content-type": "application/json" }).end(JSON.stringify(said));
  };
  server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/apisix/admin`;
  const guards = guardsOf({
    apisix: { type: "apisix", url, token: TOKEN },
    other: { type: "apisix", url, token: "another-admin-key" },
  });
  story = await openContainStory({ guardOf: (name) => guards.get(name) });
});
beforeEach(() => {
  seen.length = 0;
  groups.clear();
  groups.set("plimsoll-acme", { "owner-s": { kept: true } });
  // A group of the owner's own, whose id a guard_ref names without the prefix.
  groups.set("premium", { "limit-count": { count: 100 } });
});
after(async () => {
  server.close();
  await story.close();
});

const patchOf = (name: string, config: unknown) => ({
  method: "PATCH",
  path: "/apisix/admin/consumer_groups/plimsoll-acme",
  type: "application/json",
  body: { plugins: { [name]: config } },
});

test("APISIX denies, throttles and freezes by plugins of Plimsoll's own consumer group, in exactly the documented calls, and loses them by undo; nothing else of the group is touched", async () => {
  const id = await story.leak("apisix-key", { guard: "apisix", guardRef: "acme" });
  for (const action of ["deny_networks", "throttle", "freeze"] as const) await story.contain(id, { action });
  await story.pass();
  const limit = {
    count: 10,
    time_window: 60,
    rejected_code: 429,
    key_type: "var",
    key: "consumer_name",
    policy: "local",
  };
  assert.deepEqual(seen, [
    patchOf("ip-restriction", { blacklist: ["198.51.100.4"] }),
    patchOf("limit-count", limit),
    patchOf("fault-injection", { abort: { http_status: 403, body: "This key is suspended" } }),
  ]);
  seen.length = 0;
  await story.undo(id);
  assert.equal((await story.pass()).left, 0);
  assert.deepEqual(
    new Set(seen.map((call) => JSON.stringify(call))),
    new Set(["ip-restriction", "limit-count", "fault-injection"].map((name) => JSON.stringify(patchOf(name, null)))),
  );
  assert.deepEqual(groups.get("plimsoll-acme"), { "owner-s": { kept: true } });
});

test("a group that is not there, one of the owner's own and a wrong key are refused with what to look at, and nothing of it is changed", async () => {
  for (const [keyId, guard, guardRef, said] of [
    ["apisix-unknown", "apisix", "nobody", /answered 404: .*Key not found.*check guard_ref of the key/],
    ["apisix-owners", "apisix", "premium", /answered 404: .*Key not found.*check guard_ref of the key/],
    ["apisix-refused", "other", "acme", /answered 401: .*wrong apikey.*check the secret of this guard/],
  ] as const) {
    const id = await story.leak(keyId, { guard, guardRef });
    await story.contain(id, { action: "throttle" });
    await story.pass();
    assert.match((await story.told(id)).at(-1)!, said);
    assert.match((await story.told(id)).at(-1)!, /nothing was contained$/);
  }
  assert.deepEqual(groups.get("premium"), { "limit-count": { count: 100 } });
  assert.deepEqual(groups.get("plimsoll-acme"), { "owner-s": { kept: true } });
});

test("a call whose answer was lost is repeated in the same words with the same effect; an undo of a group that is gone is done", async () => {
  const id = await story.leak("apisix-repeated", { guard: "apisix", guardRef: "acme" });
  await story.contain(id);
  next = { status: 503, acts: true };
  await story.pass();
  await story.pass(60_000);
  assert.deepEqual(
    seen,
    [0, 1].map(() => patchOf("ip-restriction", { blacklist: ["198.51.100.4"] })),
  );
  assert.match((await story.told(id)).at(-1)!, /^accepted: /);
  groups.delete("plimsoll-acme");
  await story.undo(id);
  assert.equal((await story.pass(60_000)).left, 0);
  assert.match((await story.told(id)).at(-1)!, /^undone: /);
});

test("a 200 that APISIX did not say is called no success, and no admin key is in anything that is recorded", async () => {
  const id = await story.leak("apisix-garbled", { guard: "apisix", guardRef: "acme" });
  await story.contain(id);
  next = { status: 200, acts: false };
  await story.pass();
  assert.match(
    (await story.told(id))[1]!,
    /^refused: .*answered 200.*after a try whose outcome is unknown: asked apisix to undo/,
  );
  for (const table of ["incident_transitions", "containment_calls", "pages"]) {
    const rows = await story.checks.ask<object>(`SELECT * FROM ${table}`);
    assert.ok(!JSON.stringify(rows).includes(TOKEN), table);
  }
});
