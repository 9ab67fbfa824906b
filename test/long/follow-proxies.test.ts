import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { createServer, request, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startCommand } from "../helpers/logged-command.js";
import { startCaddy, startHaproxy, startStockNginx, type RealProxy } from "../helpers/real-proxies.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const REQUESTS = 400;
const RAW_KEY = "acme_live_4f9c0d81a67e";

interface Followed {
  readonly start: (dir: string, upstreamPort: number) => Promise<RealProxy>;
  readonly args: readonly string[];
  /** How the caller shows its key, and what names the key in ClickHouse. */
  readonly headers: Readonly<Record<string, string>>;
  readonly key: RegExp;
}

const PROXIES: Readonly<Record<string, Followed>> = {
  haproxy: {
    start: startHaproxy,
    args: ["--key-from", "header:1"],
    headers: { "x-api-key": RAW_KEY },
    key: /^fp_[0-9a-f]{16}$/,
  },
  caddy: { start: startCaddy, args: [], headers: { "x-key-id": "caddy-1", "x-api-key": RAW_KEY }, key: /^caddy-1$/ },
  nginx: {
    start: startStockNginx,
    args: ["--key-from", "user"],
    headers: { authorization: `Basic ${Buffer.from("nginx-1:secret").toString("base64")}` },
    key: /^nginx-1$/,
  },
};

async function get(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, options, (answer) => answer.resume().once("end", () => resolve(answer.statusCode)))
      .once("error", reject)
      .end();
  });
}

test("what HAProxy, Caddy and nginx log of real requests is in ClickHouse, each once, also through copytruncate", async (t) => {
  const plimsoll = await startWholePlimsoll(t);
  const serve = await plimsoll.startServe();
  await plimsoll.startWork();
  const upstream = createServer((asked, answer) => {
    answer.writeHead(asked.url?.endsWith("7") === true ? 402 : 200).end("ok");
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  t.after(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo;

  for (const [name, { start, args, headers, key }] of Object.entries(PROXIES)) {
    const dir = join(plimsoll.dir, name);
    mkdirSync(dir);
    const proxy = await start(dir, port);
    t.after(() => proxy.stop());
    const env = {
      PATH: process.env["PATH"],
      PLIMSOLL_URL: plimsoll.url,
      PLIMSOLL_INGEST_TOKENS: plimsoll.tokens.ingest,
    };
    const said = join(dir, "follow.log");
    const place = join(dir, "place.json");
    const follower = startCommand("import", said, env, [name, "--follow", proxy.log, "--state", place, ...args]);
    t.after(() => follower.kill());
    await until(`it follows ${name}`, () => follower.log().includes("following"));
    for (let number = 0; number < REQUESTS; number += 1) {
      const status = await get(`${proxy.url}/v1/cards/${number}?number=${number}`, {
        headers: { ...headers, "user-agent": `probe/${number % 3}` },
        localAddress: `127.0.0.${2 + (number % 5)}`,
      });
      assert.equal(status, number % 10 === 7 ? 402 : 200);
      if (number !== REQUESTS / 2) continue;
      // The program keeps its file open, and nothing is written while it is emptied.
      copyFileSync(proxy.log, `${proxy.log}.1`);
      truncateSync(proxy.log);
    }
    const rows = () =>
      plimsoll.ask<{ key_id: string; route: string; status: number; n: number; addresses: number }>(
        `SELECT key_id, route, status, toUInt32(count()) AS n, toUInt32(uniqExact(source_ip)) AS addresses FROM requests
         WHERE match(key_id, '${key.source}') AND service ${name === "haproxy" ? "= 'cards'" : "!= 'cards'"}
         GROUP BY ALL ORDER BY status`,
      );
    await until(`all of ${name} are recorded`, async () => {
      const sum = (await rows()).reduce((total, { n }) => total + n, 0);
      return sum >= REQUESTS;
    });
    await follower.stop();
    assert.deepEqual(
      (await rows()).map(({ key_id: _, ...row }) => row),
      [
        { route: "/v1/cards/{id}", status: 200, n: (REQUESTS * 9) / 10, addresses: 5 },
        { route: "/v1/cards/{id}", status: 402, n: REQUESTS / 10, addresses: 1 },
      ],
      `${name}: ${follower.log()}`,
    );
    const agents = await plimsoll.ask<{ n: number }>(
      `SELECT toUInt32(uniqExact(user_agent)) AS n FROM requests WHERE match(key_id, '${key.source}')`,
    );
    // HAProxy's log has none.
    assert.equal(agents[0]?.n, name === "haproxy" ? 1 : 3, name);
  }
  const raw = await plimsoll.ask<{ n: number }>(
    `SELECT toUInt32(countIf(position(toString(tuple(*)), '${RAW_KEY}') > 0)) AS n FROM requests`,
  );
  assert.equal(raw[0]?.n, 0);
  assert.ok(!serve.log().includes(RAW_KEY));
  assert.ok(readFileSync(join(plimsoll.dir, "haproxy", "haproxy.log"), "utf8").includes(RAW_KEY), "it was in the log");
});
