import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseKey } from "../../src/model/key/parse-key.js";
import { revokeKey, rotateKey } from "../../src/pipeline/registry/change-keys.js";
import { publishKeyChanges } from "../../src/pipeline/page/publish-key-changes.js";
import { recordKeys } from "../../src/pipeline/registry/record-keys.js";
import { finding, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";

let story = undefined as unknown as OutboxStory;
before(async () => void (story = await openOutboxStory()));
after(() => story.close());

const deps = () => ({ store: story.store, pager: story.pager, baseUrl: "https://plimsoll.example/" });
const tell = () => publishKeyChanges(deps(), Date.now());
const register = async (rows: readonly object[], by: string) => {
  const plan = await recordKeys(
    story.store,
    rows
      .map((row) => parseKey({ valid_from: new Date().toISOString(), ...row }, Date.now()))
      .map((one) => {
        assert.ok("key" in one);
        return one;
      }),
    by,
  );
  assert.deepEqual(plan.problems, []);
};

interface ChangeBody {
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly custom_details: { changes: string[] };
  };
  readonly links: readonly { readonly href: string }[];
}
/** Change events that PagerDuty accepted since the last look. */
let seen = 0;
async function told(): Promise<ChangeBody[]> {
  await story.deliver();
  const fresh = story.receiver.received.slice(seen);
  seen = story.receiver.received.length;
  return fresh
    .filter(({ path, answered }) => path === "/v2/change/enqueue" && answered === 202)
    .map(({ body }) => body as unknown as ChangeBody);
}

test("a new key is no change; a rotation, a limit and a revocation are told once each, with who and what", async () => {
  await register([{ key_id: "pay", display: "sk_live_…abcd", owner: "ana", limit_per_minute: 100 }], "import");
  assert.deepEqual(await tell(), { told: 0 });

  await register([{ key_id: "pay", display: "sk_live_…abcd", owner: "ana", limit_per_minute: 150 }], "cli ana");
  assert.deepEqual(await tell(), { told: 1 });
  assert.deepEqual(await tell(), { told: 0 });
  const [limit, ...others] = await told();
  assert.deepEqual(others, []);
  assert.equal(limit?.payload.summary, "sk_live_…abcd (pay): limit 100/min → 150/min, by cli ana");
  assert.deepEqual([limit?.payload.source, limit?.links[0]?.href], ["pay", "https://plimsoll.example/keys/pay"]);

  const now = Date.now();
  await rotateKey(
    story.store,
    { keyId: "pay", to: "pay-2", identity: null, due: Date.parse("2027-03-01T00:00:00Z") },
    "cli ana",
    now,
  );
  assert.deepEqual(await tell(), { told: 1 });
  const [rotation] = await told();
  assert.deepEqual(rotation?.payload.custom_details.changes.toSorted(), [
    "pay-2: replaces pay",
    "sk_live_…abcd (pay): to be replaced by 2027-03-01 00:00 UTC",
  ]);

  await revokeKey(story.store, { keyId: "pay", at: Date.now(), force: true }, "cli bo", Date.now());
  await tell();
  const [revocation] = await told();
  assert.match(
    revocation?.payload.summary ?? "",
    /^sk_live_…abcd \(pay\): revoked from \d{4}-\S+ \d\d:\d\d UTC on, by cli bo$/,
  );
});

test("a file that changes a hundred keys is one event; one that PagerDuty refuses wakes nobody", async () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ key_id: `bulk_${n}`, limit_per_minute: 10 }));
  await register(rows, "import");
  await register(
    rows.map(({ key_id }) => ({ key_id, limit_per_minute: 20 })),
    "import",
  );
  assert.deepEqual(await tell(), { told: 1 });
  story.receiver.answerNext({ status: 400 });
  assert.deepEqual(await story.deliver(), { sent: 0, failed: 1, dropped: 0, left: 0 });
  assert.deepEqual(await told(), []);
  const state = await story.store.watch.readDeliveryState(Date.now() - HOUR);
  assert.deepEqual([state.waiting, state.failed], [0, 0]);
  assert.deepEqual(story.receiver.openAlerts(), []);
});

test("a page says what was changed of its key in the days before", async () => {
  await register([{ key_id: "wide", scopes: ["read"] }], "import");
  await register([{ key_id: "wide", scopes: ["read", "admin"] }], "cli eve");
  const at = Math.floor(Date.now() / MINUTE) * MINUTE;
  await story.find([finding("critical", at, { keyId: "wide" })]);
  const page = (await story.outbox()).find(({ keyId }) => keyId === "wide");
  const { recent_key_changes: changes } = (
    JSON.parse(page!.body) as { payload: { custom_details: { recent_key_changes: string[] } } }
  ).payload.custom_details;
  assert.equal(changes.length, 1);
  assert.match(changes[0]!, /^\d{4}-\S+ \S+ UTC: scopes \+admin, by cli eve$/);
});
