import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startPagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import { toPagerDutyEvent } from "../../src/page/pagerduty-event.js";
import { openRoutedPager } from "../../src/page/routed-pager.js";
import { Secret } from "../../src/secret.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const made = () => randomBytes(16).toString("hex");
const FILED = {
  PLIMSOLL_INGEST_TOKENS: "ingest",
  PLIMSOLL_READ_TOKENS: "read",
  PLIMSOLL_ADMIN_TOKENS: "admin",
  PAGERDUTY_WEBHOOK_SECRET: "webhook",
} as const;
type Filed = keyof typeof FILED;

test("tokens and webhook secret follow their files while serve runs; a file that cannot be used lets nobody in, and is told of without its text", async (t) => {
  const plimsoll = await startWholePlimsoll(t);
  const write = (name: string, text: string) => {
    const path = join(plimsoll.dir, `${name}.secret`);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
  };
  const settings = Object.keys(FILED) as Filed[];
  const fresh = () => Object.fromEntries(settings.map((name) => [name, made()])) as Record<Filed, string>;
  const first = fresh();
  for (const name of settings) {
    plimsoll.changeEnv({ [name]: undefined, [`${name}_FILE`]: write(FILED[name], `${first[name]}\n`) });
  }
  const serve = await plimsoll.startServe();
  const ask = async (path: string, init: RequestInit) => (await fetch(`${plimsoll.url}${path}`, init)).status;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const body = JSON.stringify({ event: {} });
  const statuses = async (tokens: Record<Filed, string>) => [
    await ask("/v1/events", { method: "POST", headers: bearer(tokens.PLIMSOLL_INGEST_TOKENS) }),
    await ask("/v1/keys", { headers: bearer(tokens.PLIMSOLL_READ_TOKENS) }),
    await ask("/v1/keys/k", { method: "PUT", headers: bearer(tokens.PLIMSOLL_ADMIN_TOKENS), body: "{}" }),
    await ask("/v1/webhooks/pagerduty", {
      method: "POST",
      body,
      headers: {
        "x-pagerduty-signature": `v1=${createHmac("sha256", tokens.PAGERDUTY_WEBHOOK_SECRET).update(body).digest("hex")}`,
      },
    }),
  ];
  const TAKEN = [202, 200, 200, 202];
  assert.deepEqual(await statuses(first), TAKEN);
  const second = fresh();
  assert.deepEqual(await statuses(second), [401, 401, 401, 401]);
  for (const name of settings) write(FILED[name], second[name]);
  await until("the new ones are taken", async () => (await statuses(second)).join() === TAKEN.join());
  assert.deepEqual(await statuses(first), [401, 401, 401, 401], "the old ones are refused");

  // Of a list in which one entry is wrong the others count; a list without any lets nobody in, also who was in it before.
  const [unusable, third] = ["too-short", made()];
  write(FILED.PLIMSOLL_INGEST_TOKENS, `${unusable},gateway=${third}`);
  write(FILED.PLIMSOLL_READ_TOKENS, ",");
  write(FILED.PLIMSOLL_ADMIN_TOKENS, `${unusable}\n`);
  write(FILED.PAGERDUTY_WEBHOOK_SECRET, "\n");
  const CLOSED = [401, 401, 401, 404];
  await until("nobody of before gets in", async () => (await statuses(second)).join() === CLOSED.join());
  assert.equal((await statuses({ ...second, PLIMSOLL_INGEST_TOKENS: third }))[0], 202);
  assert.equal(await ask("/", {}), 403, "and no page opens because there is no token any more");
  const said = (setting: string, problem: string) =>
    assert.match(serve.log(), new RegExp(`"setting":"${setting}","problem":"[^"]*${problem}: no token is accepted"`));
  said("PLIMSOLL_INGEST_TOKENS", "entry 1: a token needs at least 16 characters");
  said("PLIMSOLL_READ_TOKENS", "entry 1: is empty");
  said("PAGERDUTY_WEBHOOK_SECRET", "it is empty");
  for (const text of [unusable, third, ...Object.values(first), ...Object.values(second)])
    assert.ok(!serve.log().includes(text), "a value is in the log");
});

test("a page goes through the routing key that is in force when it is sent", async (t) => {
  const receiver = await startPagerDutyReceiver();
  t.after(() => receiver.stop());
  const [first, second, payments] = [made(), made(), made()];
  let [key, keys] = [new Secret(first), new Map<string, Secret>()];
  const pager = openRoutedPager({
    routingKey: () => key,
    routingKeys: () => keys,
    eventsHost: receiver.host,
    agentOptions: { ca: receiver.ca },
  });
  t.after(() => pager?.close());
  const send = async (routingRef: string) => {
    const event = {
      action: "trigger",
      dedupKey: "d",
      severity: "info",
      summary: "s",
      source: "s",
      client: "c",
    } as const;
    const of = { pageId: "p", topic: "incident", isMinimal: false, incidentId: "i", keyId: "k" } as const;
    const page = { ...of, step: 1, place: 0, routingRef, ...event };
    const sent = await pager?.send({
      ...page,
      body: toPagerDutyEvent({ ...event, at: 0, customDetails: {}, links: [] }),
    });
    assert.equal(sent?.kind, "sent");
  };
  await send("payments");
  key = new Secret(second);
  await send("payments");
  keys = new Map([["payments", new Secret(payments)]]);
  await send("payments");
  await send("");
  assert.deepEqual(
    receiver.received.map(({ body }) => body?.routing_key),
    [first, second, payments, second],
  );
});
