import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { activityOfBlamed } from "../../src/detect/activity.js";
import { DAY, finding, HOUR, MINUTE, signals } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages } from "../helpers/open-pages.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";
import { runCli } from "../helpers/run-cli.js";
import { leakHeadline } from "../../src/model/finding/use-sentences.js";

// A theft through a VPN that began two days ago: 6 requests a minute at 1 cent, on a route that the key never had, beside one a minute of its own.
const NOW = Math.floor(Date.now() / HOUR) * HOUR;
const BEGAN = NOW - 2 * DAY;
const VPN = "203.0.113.9";

let story = undefined as unknown as OutboxStory;
before(async () => {
  story = await openOutboxStory();
  await story.store.registry.insertKeys(
    [keyVersion({ keyId: "stolen", owner: "growth", limitPerMinute: 100 })],
    "keys",
  );
  const stolen = { route: "/v1/export", networkType: "vpn", asn: 64_999, spendMicros: 60_000 } as const;
  const minutes = (count: number, each: number) => Array.from({ length: count }, () => each);
  await insertEvents(story.store, [
    ...perMinute("stolen", NOW - 4 * DAY, minutes(4 * 1440, 1)),
    ...perMinute("stolen", BEGAN, minutes(2 * 1440, 6), stolen, VPN),
  ]);
});
after(() => story.close());

/** What a check finds at a tick: of the 24 hours before it. */
function found(severity: "error" | "critical", tick: number, more: Parameters<typeof signals> = [["sources", 9]]) {
  const onset = Math.max(BEGAN, tick - DAY);
  const minutes = (tick - onset) / MINUTE;
  const novel = { novel_requests: 6 * minutes, novel_spend_micros: 60_000 * minutes };
  const since = {
    requests: 7 * minutes,
    expected_requests: minutes,
    spend_micros: novel.novel_spend_micros,
    expected_spend_micros: null,
    ...novel,
  };
  const source = { address: VPN, asn: 64_999, network_type: "vpn", first_seen: new Date(BEGAN).toISOString() };
  return finding(severity, tick, {
    keyId: "stolen",
    // The story was written just now.
    asOf: Date.now() + HOUR,
    onset,
    headline: leakHeadline({ name: "stolen", owner: "growth" }, { since, addresses: 1, onset, tick }),
    signals: signals(...more),
    statistics: {
      since_onset: since,
      new_addresses: 1,
      activity: activityOfBlamed(
        "unknown",
        Array.from({ length: minutes }, () => 6),
        tick,
      ),
      new_sources: [{ ...source, requests: novel.novel_requests, spend_micros: novel.novel_spend_micros }],
    },
  });
}

test("a theft that began two days ago is paged and shown since then, with all it cost, and its network and route are not the key's own", async () => {
  await story.find([found("error", BEGAN + 10 * MINUTE)]);
  for (let tick = BEGAN + 6 * HOUR; tick < NOW; tick += 6 * HOUR) await story.find([found("error", tick)]);
  await story.find([
    found("critical", NOW, [
      ["sources", 9],
      ["spend", 8],
    ]),
  ]);
  await story.deliver();
  const [alert] = story.receiver.openAlerts();
  const { summary, custom_details: details } = alert!.event.payload as unknown as {
    summary: string;
    custom_details: Record<string, string | string[]>;
  };
  const began = new Date(BEGAN).toISOString();
  const since = `${began.slice(5, 10)} ${began.slice(11, 16)} UTC`;
  assert.equal(
    summary,
    `stolen (growth): 17,280 requests from 1 new address, on top of its normal traffic, since ${since} ($172.80)`,
  );
  assert.equal(
    details["since"],
    `${began.slice(0, 16).replace("T", " ")} UTC, when its traffic changed (2 days and 0 hours before this check)`,
  );
  assert.match(
    String(details["requests"]),
    /^20,160 served since the onset, of which 17,280 from new sources; about 2,880 expected in that time$/,
  );
  assert.match(String(details["cost"]), /^\$172\.80 since the onset, of which \$172\.80 from new sources/);
  assert.match(String(details["limit"]), /^7\/min on average since the onset, peak 7\/min/);
  assert.deepEqual(details["usual_networks"], [
    "your own network (internal): 2,880 requests from 1 address in the week before the onset",
  ]);
  assert.deepEqual(details["first_time_routes_and_scopes"], ["route /v1/export: 17,280 requests, $172.80"]);
  assert.match(String(details["still_going"]), /^yes, as of \d\d:\d\d UTC: 6\/min from unknown sources/);

  const id = `leak/stolen/${new Date(BEGAN + 10 * MINUTE).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  const shown = await runCli(["incidents", "show", id, "--json"], { CLICKHOUSE_URL: story.clickhouseUrl });
  const { evidence } = JSON.parse(shown.stdout) as { evidence: Record<string, unknown> };
  assert.equal(evidence["headline"], summary);
  for (const name of ["since", "requests", "cost", "usual_networks"])
    assert.deepEqual(evidence[name], details[name], name);

  const pages = await openPages({ advance: story.advanceDeps });
  const answer = await fetch(`${pages.url}/incidents/${encodeURIComponent(id)}`, { headers: { cookie: pages.cookie } });
  const text = await answer.text();
  await pages.close();
  assert.ok(text.includes(summary.replaceAll("&", "&amp;")), text.slice(0, 2000));
  assert.ok(!/vpn\): [\d,]+ requests from \d+ address/.test(text));
});

test("what was usual is counted to the minute at both ends of the week before", async () => {
  const usualBefore = async (from: number) => {
    const span = { keyIds: ["stolen"], observedBy: "gateway", from, to: from + MINUTE } as const;
    const networks = await story.store.page.readNetworksBefore(span);
    return networks.map(({ asn, requests, addresses }) => [asn, requests, addresses]);
  };
  const own = (await usualBefore(BEGAN))[0]![0]!;
  assert.deepEqual(await usualBefore(BEGAN), [[own, 2 * 1440, 1]]);
  assert.deepEqual(await usualBefore(BEGAN + 23 * MINUTE), [
    [own, 2 * 1440 + 23, 1],
    [64_999, 6 * 23, 1],
  ]);
  const late = await usualBefore(NOW + 3 * DAY + 10 * MINUTE);
  assert.deepEqual(
    late.map(([, requests]) => requests).toSorted((a, b) => a! - b!),
    [4 * 1440 - 10, 6 * 2 * 1440],
  );
});
