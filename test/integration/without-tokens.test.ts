import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { openApp } from "../../src/app.js";
import { bringUpToDate } from "../../src/commands/migrate.js";
import { startServe } from "../../src/commands/serve.js";
import { readConfig } from "../../src/config.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { openProxy, type ProxyWays } from "../helpers/plain-proxy.js";
import { rawRequest, type RawRequest } from "../helpers/raw-request.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-tokenless-"));
const FORM = { "content-type": "application/x-www-form-urlencoded" };
let database = undefined as unknown as ScratchDatabase;
let redis = undefined as unknown as LocalRedis;
/** One that was started at a terminal. */
let house = undefined as unknown as Awaited<ReturnType<typeof serve>>;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  [database, redis] = await Promise.all([scratchDatabase(), startRedis({ dataDir: join(dir, "redis") })]);
  await bringUpToDate(readConfig({ CLICKHOUSE_URL: database.url }));
  house = await serve();
});
after(async () => {
  for (const end of ends) await end();
  await redis.kill();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

/** A `serve` without a token that may read, at a terminal or not; what it wrote there and to its log. */
async function serve(env: Record<string, string> = {}, isTTY = true) {
  const [shown, logged]: [string[], string[]] = [[], []];
  const all = { CLICKHOUSE_URL: database.url, REDIS_URL: redis.url, PLIMSOLL_HTTP_PORT: "0", ...env };
  const app = openApp(readConfig(all), pino({ level: "debug" }, { write: (line) => void logged.push(line) }), [], all);
  const server = await startServe(app, { isTTY, write: (text: string) => shown.push(text) });
  ends.push(async () => {
    await server.close();
    await app.close();
  });
  const link = /http:\S+/.exec(shown.join(""))?.[0] ?? "";
  const own = new URL(server.url.replace("0.0.0.0", "127.0.0.1"));
  return {
    url: own.origin,
    host: own.host,
    token: link.split("#")[1] ?? "",
    link,
    log: () => logged.join(""),
    enter: (by = own.origin, host = own.host, changed: Partial<RawRequest> = {}) =>
      rawRequest(by, {
        method: "POST",
        path: "/sign-in",
        body: `token=${link.split("#")[1] ?? "none"}`,
        ...changed,
        headers: { host, ...FORM, ...changed.headers },
      }),
  };
}

test("nobody is let in for being on this machine: without tokens the pages are closed, and say what to configure", async () => {
  const { url, host, link, log } = await serve({}, false);
  assert.equal(link, "");
  for (const headers of [{ host }, { host: "localhost" }, { host: "plimsoll.example" }]) {
    for (const path of ["/", "/coverage", "/keys/k", "/sign-in", "/sign-out"]) {
      const { status, text } = await rawRequest(url, { path, headers });
      assert.equal(status, 403, path);
      assert.match(text, /PLIMSOLL_ADMIN_TOKENS/);
    }
  }
  for (const [method, path] of [
    ["GET", "/v1/keys"],
    ["PUT", "/v1/keys/k"],
    ["POST", "/v1/leaks"],
  ] as const) {
    assert.equal((await rawRequest(url, { method, path, headers: { host }, body: "" })).status, 401, path);
  }
  assert.match(log(), /nobody can sign in to the dashboard/);
});

test("the link that serve prints on its terminal opens the pages to who can read it, and is nowhere else", async () => {
  const { url, host, link, token, enter, log } = house;
  assert.match(link, new RegExp(`^${url}/sign-in#[0-9a-f]{48}$`));
  assert.equal((await rawRequest(url, { headers: { host } })).status, 401, "who has no link is asked for it");
  assert.equal((await enter(url, host, { body: "token=0" })).status, 403);
  const { status, cookie } = await enter();
  assert.equal(status, 303);
  const page = await rawRequest(url, { path: "/sign-out", headers: { host, cookie } });
  assert.equal(page.status, 200);
  assert.match(page.text, /may look and act/);
  assert.ok(!(cookie + page.head + page.text + log()).includes(token));
});

/** Proxies on this machine, before a Plimsoll that trusts it. */
const PROXIES: Readonly<Record<string, (host: string) => ProxyWays>> = {
  "nginx as it comes": (host) => ({ version: "1.0", headers: () => ({ host }) }),
  "one that says for whom": (host) => ({ version: "1.1", headers: () => ({ host, "x-forwarded-for": "203.0.113.9" }) }),
  "one by the standard": (host) => ({ version: "1.1", headers: () => ({ host, forwarded: "for=203.0.113.9" }) }),
  "one that says that it is there": (host) => ({ version: "1.1", headers: () => ({ host, via: "1.1 proxy" }) }),
  "one that names the client": (host) => ({ version: "1.1", headers: () => ({ host, "x-real-ip": "203.0.113.9" }) }),
  "a tunnel of a provider": (host) => ({
    version: "1.1",
    headers: () => ({ host, "cf-connecting-ip": "203.0.113.9" }),
  }),
  "one that keeps the name": () => ({ version: "1.1", headers: () => ({ host: "plimsoll.example" }) }),
};

test("through a proxy nobody is let in without tokens, also with what the terminal showed, and by one that hides only with that", async (t) => {
  const { cookie } = await house.enter();
  for (const [name, ways] of Object.entries(PROXIES)) {
    const proxy = await openProxy(house.url, ways(house.host));
    t.after(proxy.close);
    const headers = { host: "plimsoll.example" };
    assert.equal((await rawRequest(proxy.url, { headers })).status, 403, name);
    assert.equal((await rawRequest(proxy.url, { headers: { ...headers, cookie } })).status, 403, name);
    assert.equal((await house.enter(proxy.url, "plimsoll.example")).status, 403, name);
  }
  const hidden = await openProxy(house.url, { version: "1.1", headers: () => ({ host: house.host }) });
  t.after(hidden.close);
  assert.equal((await rawRequest(hidden.url, { headers: { host: "plimsoll.example" } })).status, 401);
  assert.equal((await house.enter(hidden.url, "x", { body: "token=guessed" })).status, 403);
});

test("a page of another site that resolves to this machine is let in nowhere", async () => {
  const { url } = house;
  const { cookie } = await house.enter();
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.7:8787",
    "",
    "[::2]",
  ]) {
    assert.equal((await rawRequest(url, { headers: { host, cookie } })).status, 403, host);
  }
});

test("where others reach serve no link is printed, and the pages are closed to this machine as to any other", async () => {
  const { url, link } = await serve({ PLIMSOLL_HTTP_HOST: "0.0.0.0" });
  assert.equal(link, "");
  const { port } = new URL(url);
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const addresses = others.filter(({ family, internal }) => family === "IPv4" && !internal).map((one) => one.address);
  for (const address of ["127.0.0.1", ...addresses]) {
    for (const host of ["localhost", `${address}:${port}`]) {
      assert.equal((await rawRequest(`http://${address}:${port}`, { headers: { host } })).status, 403, address);
    }
  }
});

test("it is decided at the start: a file of tokens that is empty then, or later, prints no link and opens nothing", async () => {
  const file = join(dir, "read.tokens");
  writeFileSync(file, "");
  const { url, host, link } = await serve({ PLIMSOLL_READ_TOKENS_FILE: file });
  assert.equal(link, "");
  assert.equal((await rawRequest(url, { headers: { host } })).status, 403);
});
