import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DISGUISES } from "../helpers/disguises.js";
import { openKeysBench, rawKey, type KeysBench } from "../helpers/keys-bench.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const MINUTE = 60_000;

describe("plimsoll keys rotate and revoke", () => {
  let bench: KeysBench;

  before(async () => {
    bench = await openKeysBench();
    await bench.importAll([
      { key_id: "old", owner: "payments", service: "checkout", holders: ["ana", "bo"], limit_per_minute: 50 },
      { key_id: "spare", holders: ["ana"] },
      { key_id: "gone", holders: ["ana"], revoked_at: "2026-01-01" },
    ]);
  });
  after(() => bench.close());

  const newest = async (keyId: string) => (await bench.store.registry.readKeyVersions([keyId])).at(-1);
  const countVersions = async () => (await bench.store.registry.readKeyVersions("all")).length;

  test("what cannot be meant is refused with its exit code and changes nothing", async () => {
    const already = await countVersions();
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["rotate"], 2, /name one key, or --holder/],
      [["rotate", "old", "--holder", "ana", "--due", "now"], 2, /name one key, or --holder/],
      [["rotate", "--holder", "ana"], 2, /--holder goes with --due alone/],
      [["rotate", "--holder", "nobody", "--due", "now"], 1, /^$/],
      [["rotate", "old"], 1, /give its successor \(--to\), or when it must be replaced \(--due\)/],
      [["rotate", "old", "--to", "old"], 1, /cannot be its own successor/],
      [["rotate", "old", "--due", "soon"], 2, /--due must be now, or a time/],
      [["rotate", "old", "--to", rawKey], 2, /--to looks like a raw key/],
      [["rotate", "nobody", "--due", "now"], 1, /no such key/],
      [["rotate", "gone", "--due", "now"], 1, /already revoked/],
      [["revoke", "gone"], 1, /already revoked/],
      [["revoke", "nobody"], 1, /no such key/],
      [["revoke", rawKey], 2, /looks like a raw key/],
      [["revoke", "old", "--at", "soon"], 2, /--at must be now, or a time/],
    ];
    const outcomes = await Promise.all(refusals.map(([args]) => bench.keys(args)));
    for (const [at, [args, code, stderr]] of refusals.entries()) {
      const outcome = outcomes[at]!;
      assert.equal(outcome.code, code, args.join(" "));
      assert.match(outcome.stderr, stderr);
      assert.ok(!`${outcome.stdout}${outcome.stderr}`.includes(rawKey.slice(8)));
    }
    assert.equal(await countVersions(), already);
  });

  test("a name that holds the raw key, or 12 characters of it, is refused beside it", async () => {
    const already = await countVersions();
    const key = "q7Zk2mWx9TbR4vLs8NcY1pDf";
    const names = [key, key.slice(3, 15), DISGUISES["percent-encoded"]!(key), DISGUISES["with unseen spaces"]!(key)];
    const outcomes = await Promise.all(
      names.map((to) => bench.keys(["rotate", "old", "--to", to, "--key-stdin"], `${key}\n`)),
    );
    for (const { code, stdout, stderr } of outcomes) {
      assert.equal(code, 2);
      assert.match(stderr, /to: contains the raw key, or most of it/);
      assert.ok(!`${stdout}${stderr}`.includes(key.slice(3, 15)));
    }
    assert.equal(await countVersions(), already);
  });

  test("a key is rotated to a successor with its labels, and revoked when nobody uses it, or by force", async () => {
    const announced = await bench.keys(["rotate", "old", "--to", "new", "--key-stdin", "--due", "2100-01-01"], rawKey);
    assert.deepEqual([announced.code, announced.stdout], [0, "old: announced, followed by new\n"]);
    const successor = await newest("new");
    assert.deepEqual(
      [successor?.replaces, successor?.service, successor?.limitPerMinute, successor?.fingerprints.length],
      ["old", "checkout", 50, 1],
    );
    await insertEvents(bench.store, perMinute("old", Date.now() - 10 * MINUTE, [1, 1]));
    const refused = await bench.keys(["revoke", "old"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /used within the last hour, last at 20.*callers would break/);
    assert.match(refused.stderr, /callers would break: .+ \(\d+ requests?\)\n/, "who still uses it is named");
    assert.match(refused.stderr, /successor was never used/);
    assert.match(refused.stderr, /with --force$/m);
    assert.equal((await newest("old"))?.revokedAt, null);
    const forced = await bench.keys(["revoke", "old", "--force", "--json"]);
    assert.equal(forced.code, 0);
    const said = JSON.parse(forced.stdout) as Record<string, unknown>;
    assert.deepEqual([said["state"], said["rotation"], said["successor"]], ["revoked", "revoked", "new"]);
    assert.notEqual((await newest("old"))?.revokedAt, null);
    await insertEvents(bench.store, perMinute("spare", Date.now() - 10 * MINUTE, [1, 1]));
    assert.match((await bench.keys(["revoke", "spare", "--force"])).stdout, /\nused within the last hour by: .+ \(/);
  });

  test("keys of a person who leaves become due, but for those that are revoked", async () => {
    const { code, stdout } = await bench.keys(["rotate", "--holder", "bo", "--due", "2026-01-01"]);
    assert.deepEqual([code, stdout], [0, "sk_live_…OpQr (new): due 2026-01-01T00:00:00.000Z\n"]);
    assert.equal((await newest("new"))?.rotateBy, Date.parse("2026-01-01"));
    assert.equal((await newest("old"))?.rotateBy, Date.parse("2100-01-01"));
  });
});
