import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Destinations } from "../../src/destination/destination.js";
import { parseDestinations } from "../../src/destination/parse-destinations.js";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import { openPagerDutyPager, type PagerDutyPager } from "../../src/page/pagerduty-pager.js";
import { openOutagePage } from "../../src/pipeline/watch/outage-page.js";
import { Secret } from "../../src/secret.js";
import { startDestinationReceiver, type DestinationReceiver } from "../helpers/destination-receiver.js";
import { T } from "../helpers/incident-parts.js";
import { until } from "../helpers/until.js";

const SECRET = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;

let [pagerDuty, pager, receiver] = [] as unknown as [PagerDutyReceiver, PagerDutyPager, DestinationReceiver];
before(async () => {
  pagerDuty = await startPagerDutyReceiver();
  const routingKey = new Secret(randomBytes(16).toString("hex"));
  pager = openPagerDutyPager({ routingKey, eventsHost: pagerDuty.host, agentOptions: { ca: pagerDuty.ca } });
  receiver = await startDestinationReceiver(SECRET);
});
after(async () => {
  pager.close();
  await pagerDuty.stop();
  await receiver.close();
});

function chat(limits: object = {}): Destinations {
  const parsed = parseDestinations(JSON.stringify({ chat: { type: "slack", url: receiver.slackUrl, ...limits } }));
  assert.ok("destinations" in parsed);
  return parsed.destinations;
}
const toldPagerDuty = () => pagerDuty.received.map(({ body }) => body?.event_action);
const toldChat = () => receiver.seen.length;

test("the end of an outage reaches PagerDuty once, also where a destination that was told of its begin is gone or limited since", async () => {
  let current = chat();
  const outage = openOutagePage({ pager, destinations: () => current });
  for (const later of [new Map(), chat({ severities: ["info"] })] as Destinations[]) {
    current = chat();
    const [pages, messages] = [toldPagerDuty().length, toldChat()];
    await outage.tell("trigger", T, T + 60_000);
    await until("the destination is told", async () => toldChat() === messages + 1, 5000);
    current = later;
    for (let round = 0; round < 4; round += 1) await outage.tell("resolve", T + 120_000, T + 120_000);
    assert.deepEqual(toldPagerDuty().slice(pages), ["trigger", "resolve"]);
    current = chat();
    await outage.tell("resolve", T + 180_000, T + 180_000);
    assert.equal(toldChat(), messages + 1);
  }
});
