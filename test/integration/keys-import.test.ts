import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "../../src/local/services/free-port.js";
import { DISGUISES } from "../helpers/disguises.js";
import { openKeysBench, type KeysBench } from "../helpers/keys-bench.js";
import { runCli } from "../helpers/run-cli.js";

describe("plimsoll keys import", () => {
  let bench: KeysBench;
  let directory: string;

  before(async () => {
    bench = await openKeysBench();
    directory = await mkdtemp(join(tmpdir(), "plimsoll-keys-"));
  });
  after(async () => {
    await bench.close();
    await rm(directory, { recursive: true });
  });

  const versionsOf = async (keyId: string) => (await bench.store.registry.readKeyVersions([keyId])).length;
  const countRows = async (): Promise<number> => (await bench.store.registry.readKeyVersions("all")).length;

  test("importing a file twice writes every version once", async () => {
    const file = join(directory, "keys.json");
    const entries = [
      { key_id: "billing", owner: "payments", limit_per_minute: 600, prices: { "POST /charges": 0.02 } },
      { key_id: "mailer", owner: "growth", allowed_cidrs: ["10.0.0.0/8"], valid_from: "2026-01-01T00:00:00Z" },
    ];
    await writeFile(file, JSON.stringify(entries));
    assert.deepEqual(await bench.keys(["import", file]), {
      code: 0,
      // Allowed networks are a rule of their own.
      stdout:
        "not tried, as no source was reporting in the last 30 days: outside_allowed\n2 new, 0 changed, 0 unchanged\n",
      stderr: "",
    });
    assert.equal((await bench.keys(["import", file])).stdout, "0 new, 0 changed, 2 unchanged\n");
    assert.equal(await countRows(), 2);
  });

  test("a guard that nobody set is named with its keys, by the import and by doctor, and the entry is written", async () => {
    const [entry] = [{ key_id: "guarded", guard: "egde" }];
    const { code, stderr } = await bench.importAll([entry]);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^warning: guard egde: not in PLIMSOLL_GUARDS: 1 key cannot be contained \(guarded\): add egde/,
    );
    const doctor = await runCli(["doctor"], { CLICKHOUSE_URL: bench.url });
    assert.match(doctor.stdout, /^warn +guard egde: not in PLIMSOLL_GUARDS: 1 key cannot be contained/m);
  });

  test("a change is a new version, and so is a change back", async () => {
    const owners = ["payments-eu", "payments", "payments-eu", "payments"];
    for (const owner of owners) {
      const { stdout } = await bench.importAll([
        { key_id: "billing", owner, limit_per_minute: 600, prices: { "POST /charges": 0.02 } },
      ]);
      assert.equal(stdout, "0 new, 1 changed, 0 unchanged\n");
    }
    assert.equal(await versionsOf("billing"), 5);
  });

  test("two imports of one file at the same time write one copy", async () => {
    await Promise.all([1, 2, 3].map(() => bench.importAll([{ key_id: "at-once", owner: "both" }])));
    assert.equal(await versionsOf("at-once"), 1);
  });

  test("a version for the past can be corrected to and fro", async () => {
    for (const owner of ["a", "b", "a", "b"]) {
      await bench.importAll([{ key_id: "past", owner, valid_from: "2026-02-01T00:00:00Z" }]);
      assert.equal((await bench.store.registry.readKeys(Date.now(), Date.now() + 60_000)).get("past")?.owner, owner);
    }
  });

  test("one bad entry keeps the whole file out, and every problem has its place", async () => {
    const already = await countRows();
    const { code, stdout, stderr } = await bench.importAll([
      { key_id: "fine" },
      { key_id: "bad", limit_per_minute: 0, colour: "red", owners: "growth" },
      { owner: "nobody", size: 3, weight: 4 },
    ]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /nothing was imported/);
    assert.match(stderr, /entry 2: limit_per_minute: must be above 0/);
    assert.match(stderr, /entry 2: colour: is not a field/);
    assert.match(stderr, /entry 2: owners: is not a field of the registry: did you mean owner\?/);
    assert.match(stderr, /entry 3: key_id: is missing/);
    assert.equal(stderr.split("its fields are").length, 2, "all fields are listed once");
    assert.equal(await countRows(), already);
  });

  test("an entry that holds 12 characters of its raw key is refused, from a file as from standard input", async () => {
    const already = await countRows();
    const key = "q7Zk2mWx9TbR4vLs8NcY1pDf";
    const [display, owner] = [key.slice(0, 20), DISGUISES["percent-encoded"]!(key)];
    const entries = [
      { key_id: "a", key, display },
      { key_id: "b", key, owner },
    ];
    const file = join(directory, "with-keys.json");
    await writeFile(file, JSON.stringify(entries));
    const csv = `key_id,key,display,owner\na,${key},${display},\nb,${key},,${owner}\n`;
    for (const { code, stdout, stderr } of await Promise.all([bench.keys(["import", file]), bench.importText(csv)])) {
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(
        stderr,
        /(entry 1|line 2): display: contains the raw key[\s\S]*(entry 2|line 3): owner: contains the raw key/,
      );
      assert.ok(!stderr.includes(key.slice(4, 16)));
    }
    assert.equal(await countRows(), already);
  });

  test("CSV with the same field names is the same", async () => {
    const csv = [
      "key_id,owner,holders,allowed_cidrs,limit_per_minute,prices,runbook_url",
      'from-csv,"Ops, night shift",Ann Lee; Bo,10.0.0.0/8 192.0.2.0/24,60,POST /a=0.5; /b=1,',
    ];
    assert.match((await bench.importText(csv.join("\r\n"))).stdout, /^1 new, 0 changed, 0 unchanged$/m);
    const same = {
      key_id: "from-csv",
      owner: "Ops, night shift",
      holders: ["Ann Lee", "Bo"],
      allowed_cidrs: ["10.0.0.0/8", "192.0.2.0/24"],
      limit_per_minute: 60,
      prices: { "/b": 1, "POST /a": 0.5 },
    };
    assert.equal((await bench.importAll([same])).stdout, "0 new, 0 changed, 1 unchanged\n");
  });

  test("CSV problems name the line of the file", async () => {
    const csv = 'key_id,owner,limit_per_minute\n\nfine,"two\nlines",1\nbad,x,many\n';
    const { code, stderr } = await bench.importText(csv);
    assert.equal(code, 1);
    assert.match(stderr, /line 3: owner: must not contain control/);
    assert.match(stderr, /line 5: limit_per_minute: must be a whole number/);
  });

  test("of 20,000 lines the bad ones are named by their line, and nothing is imported", async () => {
    const already = await countRows();
    const lines = Array.from({ length: 20_000 }, (_, n) => `many-${n},10.0.0.0/8,60`);
    lines[9_998] = "many-7,10.0.0.0/8,60";
    lines[14_000] = "many-14000,10.0.0.0/99,60";
    lines[19_999] = "many-19999,10.0.0.0/8,-3";
    const { code, stderr } = await bench.importText(`key_id,allowed_cidrs,limit_per_minute\n${lines.join("\n")}\n`);
    assert.equal(code, 1);
    assert.match(stderr, /line 14002: allowed_cidrs/);
    assert.match(stderr, /line 20001: limit_per_minute: must be above 0/);
    // What entries say of each other is judged when each can be read.
    lines[14_000] = "many-14000,10.0.0.0/9,60";
    lines[19_999] = "many-19999,10.0.0.0/8,3";
    const twice = await bench.importText(`key_id,allowed_cidrs,limit_per_minute\n${lines.join("\n")}\n`);
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /line 10000: key_id: is given twice/);
    assert.equal(await countRows(), already);
  });

  test("wrong usage, an unusable environment and a ClickHouse that is away each have their exit code", async () => {
    assert.equal((await bench.keys(["forget"])).code, 2);
    assert.equal((await bench.keys(["import", join(directory, "none.json")])).code, 2);
    assert.equal((await bench.keys(["--help"])).code, 0);
    const wrong = await runCli(["keys", "list"], { PLIMSOLL_HTTP_PORT: "x", PLIMSOLL_NOPE: "1" });
    assert.equal(wrong.code, 2);
    for (const problem of [/PLIMSOLL_HTTP_PORT must be a whole number/, /PLIMSOLL_NOPE is not a setting/]) {
      assert.match(wrong.stderr, problem);
    }
    const away = await runCli(["keys", "list"], {
      CLICKHOUSE_URL: `http://u:hidden-word@127.0.0.1:${await freePort()}/x`,
    });
    assert.equal(away.code, 3);
    assert.match(away.stderr, /ClickHouse cannot be reached: connect ECONNREFUSED[\s\S]*start ClickHouse/);
    assert.doesNotMatch(away.stderr, /hidden-word|\n {4}at /);
  });
});
