import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { guardsOf, openContainStory, type ContainStory } from "../helpers/contain-story.js";

const TOKEN = "kong-admin-token-of-the-test";
type Plugin = Readonly<{ name: string; config: Readonly<Record<string, unknown>> }>;
/** Plugins of consumers, as Kong keeps them: one of each name on a consumer. */
const consumers = new Map<string, Map<string, Plugin>>([
  ["acme", new Map()],
  ["limited", new Map([["own", { name: "rate-limiting", config: { minute: 100 } }]])],
]);
/** Whether a proxy in front puts a page of its own before what Kong says. */
let isGarbled = false;
let [story, server, admin] = [] as unknown as [ContainStory, Server, string];

/** Kong's Admin API: PUT and DELETE of a plugin nested under a consumer, 404 for one that is not known, 409 for a second of a name. */
function answer(method: string, path: string, token: string | undefined, body: string): [number, object?] {
  if (token !== TOKEN) return [401, { message: "Invalid RBAC credentials" }];
  const [, consumer = "", id = ""] =
    /^\/consumers\/([^/]+)\/plugins\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/.exec(path) ?? [];
  const plugins = consumers.get(decodeURIComponent(consumer));
  if (plugins === undefined) return [404, { message: "Not found" }];
  if (method === "DELETE") return plugins.delete(id) ? [204] : [404, { message: "Not found" }];
  const plugin = JSON.parse(body) as Plugin;
  if ([...plugins].some(([other, { name }]) => other !== id && name === plugin.name))
    return [
      409,
      { code: 5, name: "unique constraint violation", message: `UNIQUE violation detected on name=${plugin.name}` },
    ];
  plugins.set(id, plugin);
  return [200, { id, ...plugin }];
}

before(async () => {
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const given = request.headers["kong-admin-token"];
    const [status, said] = answer(request.method!, request.url!, given?.toString(), await text(request));
    if (isGarbled) return void response.writeHead(200).end("<html>please log in</html>");
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(said === undefined ? "" : JSON.stringify(said));
  };
  server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const guards = guardsOf({ kong: { type: "kong", url: admin, token: TOKEN } });
  story = await openContainStory({ guardOf: (name) => guards.get(name) });
});
after(async () => {
  server.close();
  await story.close();
});

const pluginsOf = (consumer: string) =>
  [...consumers.get(consumer)!.values()].map(({ name, config }) => ({ name, config }));

test("Kong denies, throttles and freezes the key's consumer by plugins of its own, keeps one of each while more is denied, and loses them by undo", async () => {
  const id = await story.leak("kong-key", { guard: "kong", guardRef: "acme" });
  await story.contain(id);
  await story.contain(id, { action: "throttle" });
  await story.contain(id, { action: "freeze" });
  await story.pass();
  assert.deepEqual(pluginsOf("acme"), [
    { name: "ip-restriction", config: { deny: ["198.51.100.4"] } },
    { name: "rate-limiting", config: { minute: 10, limit_by: "consumer", policy: "local" } },
    { name: "request-termination", config: { status_code: 403, message: "This key is suspended" } },
  ]);
  await story.contain(id, { networks: ["203.0.113.0/24"] });
  await story.pass();
  const denied = pluginsOf("acme").find(({ name }) => name === "ip-restriction");
  assert.deepEqual(denied?.config, { deny: ["203.0.113.0/24"] }, "the newer one replaces the older");
  await story.undo(id, "freeze");
  await story.pass();
  assert.deepEqual(
    pluginsOf("acme").map(({ name }) => name),
    ["ip-restriction", "rate-limiting"],
  );
  await story.undo(id);
  assert.equal((await story.pass()).left, 0);
  assert.deepEqual(pluginsOf("acme"), []);
});

test("a consumer that Kong does not know, and one with a limit of its own, are refused with what to look at; nothing of it is changed", async () => {
  const unknown = await story.leak("kong-unknown", { guard: "kong", guardRef: "nobody" });
  await story.contain(unknown);
  await story.pass();
  assert.match(
    (await story.told(unknown)).at(-1)!,
    /^refused: kong refused .*answered 404.*check guard_ref of the key/,
  );
  const limited = await story.leak("kong-limited", { guard: "kong", guardRef: "limited" });
  await story.contain(limited, { action: "throttle" });
  await story.pass();
  assert.match(
    (await story.told(limited)).at(-1)!,
    /^refused: .*answered 409: .*UNIQUE violation.*nothing was contained$/,
  );
  assert.deepEqual(pluginsOf("limited"), [{ name: "rate-limiting", config: { minute: 100 } }]);
});

test("a 200 that Kong did not say is called no success: it is refused, and undone to be sure", async () => {
  const id = await story.leak("kong-garbled", { guard: "kong", guardRef: "acme" });
  await story.contain(id);
  isGarbled = true;
  await story.pass();
  isGarbled = false;
  assert.match(
    (await story.told(id))[1]!,
    /^refused: kong refused to deny .*answered 200: .*please log in.*check its url in PLIMSOLL_GUARDS\), after a try whose outcome is unknown: asked kong to undo/,
  );
  await story.undo(id);
  assert.equal((await story.pass()).left, 0);
  assert.match((await story.told(id)).at(-1)!, /^(undone|undo_refused): /);
  assert.deepEqual(pluginsOf("acme"), []);
});
