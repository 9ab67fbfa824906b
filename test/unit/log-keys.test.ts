import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WireEvent } from "../../src/import/wire-event.js";
import { logFixtures, optionsOf, readLogText, theFormat } from "../helpers/read-fixture.js";

/** Of no known shape: nothing but its place says that it is a key. */
const RAW = "q7ZrT2mWx9LkB4vNc6Yp";
const SHAPED = ["sk", "live", "a1B2c3D4e5F6g7H8i9J0"].join("_");
const IDS = new Set([
  "authenticated_entity",
  "consumer",
  "x_consumer_id",
  "api_key_id",
  "X-Consumer-Id",
  "x-key-id",
  "request_X-Consumer-Id",
]);

/** A record without what names its key, with raw keys in its target, agent and headers. */
function withRawKey(value: unknown, name: string, raw: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withRawKey(one, name, raw));
  if (typeof value === "object" && value !== null) {
    const inner = Object.entries(value).filter(
      ([key]) => !IDS.has(key) && !/^(apikey|Authorization|key_hash|alias|apimSubscriptionId|apiKeyId)$/i.test(key),
    );
    const named = Object.fromEntries(inner.map(([key, one]) => [key, withRawKey(one, key, raw)]));
    return name === "headers" || name === "RequestHeaders"
      ? { ...named, [name === "RequestHeaders" ? "x-api-key" : "X-Api-Key"]: raw }
      : named;
  }
  if (typeof value !== "string") return value;
  if (/^(uri|request_uri|path|ClientRequestURI|RequestPath|url|Url)$/.test(name) && value.includes("/"))
    return `/v1/cards/${raw}?a=1&api_key=${encodeURIComponent(raw)}`;
  return /user.?agent/i.test(name) ? `curl ${raw}` : value;
}

const eventsIn = (records: Awaited<ReturnType<typeof readLogText>>): WireEvent[] =>
  records.flatMap((one) => ("event" in one ? [one.event] : []));

describe("a raw key in a header or in the query is sent as key, and stands in no other text of the event", () => {
  const gateways = new Set(["nginx", "caddy", "traefik", "envoy", "cloudflare", "kong", "apisix", "apim"]);
  for (const raw of [RAW, SHAPED]) {
    for (const { place, format, text } of logFixtures().filter(
      (one) => gateways.has(one.format) && one.text.startsWith("{"),
    )) {
      it(`${place}: ${raw === RAW ? "of no known shape" : "of a known shape"}`, async () => {
        const log = JSON.stringify(withRawKey(JSON.parse(text), "", raw));
        const events = eventsIn(await readLogText(theFormat(format), log));
        assert.equal(events.length, 1);
        const [{ key, ...rest }] = events as [WireEvent];
        assert.equal(key, raw);
        assert.equal(rest.key_id, undefined);
        assert.ok(!JSON.stringify(rest).includes(raw.slice(0, 12)), JSON.stringify(rest));
      });
    }
  }

  const line = (target: string, agent = "curl/8") =>
    `198.51.100.7 - - [26/Nov/2026:12:57:21 +0000] "GET ${target} HTTP/1.1" 200 434 "https://x.example/?api_key=${RAW}" "${agent}"`;

  it("in an access log's line, percent-encoded or not, whatever the case of its parameter", async () => {
    for (const target of [
      `/v1?api_key=${RAW}`,
      `/v1?x&&=&API_KEY=${RAW}&b=2`,
      `https://api.example/v1?a=b&apikey=%71${RAW.slice(1)}`,
      `/v1?token=${SHAPED}`,
    ]) {
      const [event] = eventsIn(await readLogText(theFormat("nginx"), line(target, `curl ${RAW} ${SHAPED}`)));
      assert.equal(event?.key, target.includes(SHAPED) ? SHAPED : RAW, target);
      assert.equal(event?.route, "/v1");
      assert.ok(!JSON.stringify({ ...event, key: "" }).includes(event.key), target);
    }
  });

  it("but a token that pages through a list, or a key that is hidden or too short, is none", async () => {
    for (const [target, reason] of [
      ["/v1?token=next", "no_key"],
      ["/v1?key=name", "no_key"],
      ["/v1?api_key=REDACTED", "key_redacted"],
      ["/v1?api_key=xxxxxxxxxxxx", "key_redacted"],
      ["/v1?api_key=sk-...abcd", "key_redacted"],
      ["/v1?api_key=short", "bad_key"],
      [`/v1?api_key=${"a1".repeat(300)}`, "bad_key"],
    ] as const) {
      const [record] = await readLogText(theFormat("nginx"), line(target));
      assert.deepEqual(record, { rejected: reason, from: { file: "log", record: 1 } }, target);
    }
  });

  it("and in no text beside an id either", async () => {
    const record = {
      remote_addr: "198.51.100.7",
      msec: 1795697841.633,
      status: 200,
      request_uri: `/v1/${RAW}?x=1`,
      api_key_id: "acme-7",
      http_x_api_key: RAW,
      http_user_agent: `curl ${RAW}`,
    };
    const [event] = eventsIn(await readLogText(theFormat("nginx"), JSON.stringify(record)));
    assert.equal(event?.key_id, "acme-7");
    assert.ok(!JSON.stringify(event).includes(RAW), JSON.stringify(event));
  });

  it("even where an id belongs", async () => {
    const kong = logFixtures().find(({ format }) => format === "kong")!;
    const record = { ...(JSON.parse(kong.text) as object), authenticated_entity: { id: SHAPED } };
    const [event] = eventsIn(await readLogText(theFormat("kong"), JSON.stringify(record)));
    assert.deepEqual([event?.key, event?.key_id], [SHAPED, undefined]);
  });
});

it("an id of one digit over and over is one, a mask is none", async () => {
  const kong = JSON.parse(logFixtures().find(({ format }) => format === "kong")!.text) as object;
  const named = async (id: string) => {
    const record = { ...kong, authenticated_entity: { id }, consumer: undefined };
    const [found] = await readLogText(theFormat("kong"), JSON.stringify(record));
    return found !== undefined && "event" in found ? found.event.key_id : found?.rejected;
  };
  assert.deepEqual(
    [await named("111"), await named("none"), await named("********"), await named("[REDACTED]")],
    ["111", "none", "key_redacted", "key_redacted"],
  );
});

describe("--key-from", () => {
  const line =
    '198.51.100.7 - ann [26/Nov/2026:12:57:21 +0000] "GET /v1 HTTP/1.1" 200 434 "-" "curl/8" "-" "acme-000007"';
  const keyOf = async (keyFrom: string, text = line, format = "nginx") => {
    const [record] = await readLogText(theFormat(format), text, optionsOf(keyFrom));
    return record !== undefined && "event" in record
      ? (record.event.key_id ?? `raw ${record.event.key}`)
      : record?.rejected;
  };
  const json = (changes: object) =>
    JSON.stringify({
      remote_addr: "198.51.100.7",
      remote_user: "ann",
      msec: "1795697841.633",
      status: "200",
      request_uri: "/v1",
      ...changes,
    });

  it("names the key where a record names none, by user, address, or the word of a number", async () => {
    assert.deepEqual(
      [await keyOf(""), await keyOf("user"), await keyOf("ip"), await keyOf("header:2"), await keyOf("header:9")],
      ["no_key", "ann", "198.51.100.7", "raw acme-000007", "no_key"],
    );
  });

  it("takes a header for an id only where its name says so", async () => {
    const text = json({ http_x_tenant: "acme-000007", http_x_secret: "acme-000007", http_x_client_id: SHAPED });
    assert.equal(await keyOf("header:X-Tenant", text), "acme-000007");
    assert.equal(await keyOf("header:x-secret", text), "raw acme-000007");
    assert.equal(await keyOf("header:x-client-id", text), `raw ${SHAPED}`);
  });

  it("by user or address never hides a key that is there", async () => {
    assert.equal(await keyOf("user", json({ api_key_id: "acme-7" })), "acme-7");
    assert.equal(await keyOf("ip", json({ http_x_api_key: RAW })), `raw ${RAW}`);
    assert.equal(await keyOf("header:x-tenant", json({ api_key_id: "acme-7", http_x_tenant: "t" })), "t");
  });
});
