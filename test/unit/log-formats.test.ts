import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mappedFormat, parseFieldMap } from "../../src/import/formats/mapped.js";
import { parseDecimal } from "../../src/model/parse-decimal.js";
import { readEventInstant } from "../../src/model/event/read-event-instant.js";
import { joinRequests } from "../../src/import/join-requests.js";
import type { ImportedRecord, WireEvent } from "../../src/import/wire-event.js";
import { fixtureText, logFixtures, optionsOf, readLogText, theFormat } from "../helpers/read-fixture.js";

const OWN_READERS = new Set(["ndjson", "cloudtrail"]);
const fixtures = logFixtures().filter(({ format }) => !OWN_READERS.has(format));

interface Expected {
  readonly key_from: string;
  readonly trusted_proxies: string;
  readonly records: readonly unknown[];
}

const expected = JSON.parse(fixtureText("events.json")) as Readonly<Record<string, Expected>>;
const shownAs = (record: ImportedRecord) => ("event" in record ? record.event : record.rejected);

describe("a log becomes the events that are written down for it", () => {
  for (const { place, format, text } of fixtures) {
    it(place, async () => {
      const { key_from, trusted_proxies, records } = expected[place]!;
      const found = await readLogText(theFormat(format), text, optionsOf(key_from, trusted_proxies));
      assert.deepEqual(found.map(shownAs), records);
    });
  }
});

describe("what others wrote down as the event of a sample is what it becomes", () => {
  const shown = fixtureText("ndjson/mapped.ndjson").trim().split("\n").slice(0, 7);
  const places = [
    "litellm/litellm-standard-payload.json",
    "kong/kong-http-log.json",
    "apigateway/aws-apigateway-access.json",
    "cloudflare/cloudflare-logpush.json",
    "gcp/gcp-audit.json",
    "github/github-audit.json",
    "openai/openai-usage-bucket.json",
  ];
  for (const [index, place] of places.entries()) {
    it(place, async () => {
      const fixture = fixtures.find((one) => one.place === place)!;
      const [record] = await readLogText(theFormat(fixture.format), fixture.text);
      assert.ok(record !== undefined && "event" in record);
      const wanted = comparable(JSON.parse(shown[index]!) as Record<string, unknown>);
      const found = comparable({ ...record.event });
      assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]])), wanted);
    });
  }
});

/** Instants, costs and folded parts in one spelling. */
function comparable(event: Record<string, unknown>): Record<string, unknown> {
  const { ts, cost_usd: cost, route } = event;
  return {
    ...event,
    ts: readEventInstant(ts)?.at,
    ...(cost === undefined ? {} : { cost_usd: parseDecimal(cost as string | number, 6) }),
    ...(route === undefined ? {} : { route: (route as string).replace("{}", "{id}") }),
  };
}

describe("a broken record", () => {
  for (const { place, format, text } of fixtures) {
    it(`costs no neighbour and is named by its place: ${place}`, async () => {
      const { key_from, trusted_proxies } = expected[place]!;
      const read = async (log: string) => readLogText(theFormat(format), log, optionsOf(key_from, trusted_proxies));
      const bare = text.trim();
      const isJson = bare.startsWith("{");
      const one = isJson ? JSON.stringify(JSON.parse(bare)) : bare;
      const broken = one
        .slice(0, Math.floor(one.length / 2))
        .split("\n")[0]!
        .slice(0, 30);
      const whole = await read(`${one}\n`);
      const records = await read([one, broken, one, "{}", "]", "null", '{"a":', one, ""].join("\n"));
      const events = records.flatMap((record) => ("event" in record ? [record.event] : []));
      const wholeEvents = whole.flatMap((record) => ("event" in record ? [record.event] : []));
      assert.deepEqual(events, [...wholeEvents, ...wholeEvents, ...wholeEvents]);
      const places = records.map(({ from }) => from.record);
      assert.deepEqual([...new Set(places)], places, "each record has a number of its own");
      const faults = records.length - 3 * whole.length;
      assert.ok(faults >= 2, `${faults} faults were named`);
    });
  }
});

it("words of a program before its log cost only themselves, in lines and in JSON", async () => {
  for (const place of ["nginx/main.log", "nginx/nginx-json.json", "traefik/json.log", "kong/kong-http-log.json"]) {
    const { format, text } = fixtures.find((one) => one.place === place)!;
    const read = async (log: string) =>
      (await readLogText(theFormat(format), log, optionsOf("user"))).filter((one) => "event" in one).length;
    assert.equal(await read(`starting up: {} [1]\n${text}`), await read(text), place);
  }
});

describe("usage buckets", () => {
  const bucket = (results: unknown[]) =>
    JSON.stringify({ object: "bucket", start_time: 1795690800, end_time: 1795694400, results });
  const result = (changes: object) => ({
    api_key_id: "key_a",
    model: "m",
    input_tokens: 10,
    output_tokens: 5,
    num_model_requests: 1,
    ...changes,
  });
  const events = async (text: string) =>
    (await readLogText(theFormat("openai"), text)).map((one) => ("event" in one ? one.event : one.rejected));

  it("are taken off by a credit down to nothing, and never off another key's usage", async () => {
    const [a, b] = (await events(
      bucket([result({}), result({ input_tokens: -100 }), result({ api_key_id: "key_b" })]),
    )) as WireEvent[];
    assert.deepEqual([a?.units, a?.count, b?.units], [0, 2, 15]);
  });

  it("of which one result is broken keep the others", async () => {
    const found = await events(bucket([result({ input_tokens: "many" }), result({ api_key_id: "key_b" }), null, 7]));
    assert.deepEqual(
      found.map((one) => (typeof one === "string" ? one : one.key_id)),
      ["not_a_record", "not_a_record", "bad_units", "key_b"],
    );
  });

  it("that are reported again replace what they were, by an id of bucket, key and model", async () => {
    const records = await readLogText(
      theFormat("openai"),
      `${bucket([result({})])}\n${bucket([result({ output_tokens: 90 })])}`,
    );
    const joined = joinRequests(records.flatMap((one) => ("event" in one ? [one] : [])));
    assert.deepEqual([joined.events.map(({ units }) => units), joined.repeated], [[100], 1]);
  });
});

describe("a map names what a short-lived key was minted for", () => {
  const map = { ts: "at", key_id: "key", principal: "who", parent_key_id: "parent", tls_fingerprint: "ja4" };
  const read = async (fields: object) => {
    const parsed = parseFieldMap(JSON.stringify(map));
    assert.ok("map" in parsed);
    const text = JSON.stringify({ at: "2026-03-08T02:11:00Z", key: "ASIA_1", ...fields });
    const [record] = await readLogText(mappedFormat("json", parsed.map), text);
    assert.ok(record !== undefined);
    return "event" in record ? record.event : record.rejected;
  };

  it("and its history counts", async () => {
    assert.deepEqual(await read({ who: "role/deploy", parent: "key_9", ja4: "t13d1516h2" }), {
      ts: "2026-03-08T02:11:00Z",
      key_id: "ASIA_1",
      principal: "role/deploy",
      parent_key_id: "key_9",
      tls_fingerprint: "t13d1516h2",
    });
  });

  it("and what is a secret names nobody", async () => {
    assert.equal(await read({ who: "ghp_16C7e42F292c6912E7710c838347Ae178B4a" }), "bad_principal");
    assert.equal(await read({ parent: "sk_live_4eC39HqLyjWDarjtT1zdp7dcA1b2" }), "bad_principal");
  });
});
