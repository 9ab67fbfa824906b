import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openKeysBench, rawKey, type KeysBench } from "../helpers/keys-bench.js";
import { runCli } from "../helpers/run-cli.js";

describe("plimsoll keys", () => {
  let bench: KeysBench;

  before(async () => {
    bench = await openKeysBench();
  });
  after(() => bench.close());

  test("an empty registry is said to be empty", async () => {
    const { code, stdout } = await bench.keys(["list"]);
    assert.equal(code, 1);
    assert.match(stdout, /plimsoll keys import/);
  });

  test("a raw key is found nowhere: not in a table, not in what is printed", async () => {
    const outputs = [
      await bench.importAll([{ key_id: "raw", key: rawKey, owner: "payments" }]),
      await bench.keys(["list"]),
      await bench.keys(["list", "--json"]),
      await bench.keys(["show", "raw", "--json"]),
      await bench.keys(["show", rawKey]),
      await bench.importAll([{ key_id: rawKey }]),
      await bench.importText(`${rawKey},owner\n`),
      await bench.importText(`[{"key_id": "x", "key": "${rawKey}" oops}]`),
    ];
    assert.deepEqual(
      outputs.map(({ code }) => code),
      [0, 0, 0, 0, 2, 1, 1, 1],
    );
    for (const { stdout, stderr } of outputs) assert.ok(!`${stdout}${stderr}`.includes(rawKey.slice(8)));
    assert.ok(!(await dumpTables()).includes(rawKey.slice(8)));
    const [key] = await bench.store.registry.readKeyVersions(["raw"]);
    assert.deepEqual([key?.fingerprints.length, key?.display], [1, "sk_live_…OpQr"]);
  });

  test("the raw key is given once: later imports keep its fingerprint and display", async () => {
    const [first] = await bench.store.registry.readKeyVersions(["raw"]);
    assert.equal(
      (await bench.importAll([{ key_id: "raw", owner: "checkout" }])).stdout,
      "0 new, 1 changed, 0 unchanged\n",
    );
    const last = (await bench.store.registry.readKeyVersions(["raw"])).at(-1);
    assert.equal(last?.owner, "checkout");
    assert.deepEqual([last?.fingerprints, last?.display], [first?.fingerprints, first?.display]);
  });

  test("a name that means no key or several is answered with those that were meant, by whatever command", async () => {
    await bench.importAll([{ key_id: "pk_orders" }, { key_id: "pk_search" }]);
    const env = { CLICKHOUSE_URL: bench.url };
    const commands = [["investigate"], ["keys", "show"], ["keys", "revoke"]];
    const answers = async (name: string) =>
      Promise.all(commands.map(async (command) => runCli([...command, name], env)));
    for (const [name, said] of [
      ["pk_", /^error: no such key, but 2 key_ids begin with that, name one:\n  pk_orders\n  pk_search\n$/],
      ["pk_odrers", /^error: no such key, neither registered nor seen in traffic: did you mean pk_orders\?\n$/],
      ["nosuch", /^error: no such key, neither registered nor seen in traffic: see `plimsoll keys list`\n$/],
    ] as const) {
      for (const { code, stderr } of await answers(name)) {
        assert.equal(code, 1);
        assert.match(stderr, said);
      }
    }
  });

  test("one raw key cannot belong to two key ids", async () => {
    const { code, stderr } = await bench.importAll([{ key_id: "other", key: rawKey }]);
    assert.equal(code, 1);
    assert.match(stderr, /entry 1: fingerprints: one of them belongs to raw/);
  });

  test("a raw key without a pepper says what to set", async () => {
    const { code, stderr } = await runCli(
      ["keys", "import", "-"],
      { CLICKHOUSE_URL: bench.url },
      JSON.stringify([{ key_id: "k", key: rawKey }]),
    );
    assert.equal(code, 1);
    assert.match(stderr, /PLIMSOLL_KEY_PEPPER/);
  });

  test("a key in traffic that nobody registered is listed as unregistered until somebody does", async () => {
    const [registered] = await bench.store.registry.readKeyVersions(["raw"]);
    const resolved = `fp_${registered?.fingerprints[0]?.slice(0, 16)}`;
    await bench.importAll([{ key_id: "billing", owner: "payments", limit_per_minute: 600 }]);
    const minute = "2026-03-08 02:11:00";
    await bench.store.client.insert({
      table: "first_seen",
      format: "JSONEachRow",
      values: ["stranger\u001b[31m", "billing", resolved].map((key_id) => {
        return { key_id, observed_by: "gateway", level: "key", value: "", first_at: minute, last_at: minute };
      }),
    });
    const stateOf = async (id: string) =>
      (JSON.parse((await bench.keys(["list", "--json"])).stdout) as { key_id: string; state: string }[]).find(
        ({ key_id }) => key_id === id,
      )?.state;
    assert.equal(await stateOf("stranger\u001b[31m"), "unregistered");
    assert.equal(await stateOf("billing"), "active");
    assert.equal(await stateOf(resolved), undefined);
    const { stdout } = await bench.keys(["list"]);
    assert.match(stdout, /^stranger\ufffd\[31m +- +unregistered$/m);
    assert.match(stdout, /^billing +payments +600 +active$/m);
    assert.match(stdout, /^1 unregistered/m);
  });

  test("a key is shown by its id, its display or the beginning of that, else it is said that there is none", async () => {
    for (const name of ["raw", "sk_live_…OpQr", "sk_live_"]) {
      const { code, stdout } = await bench.keys(["show", name]);
      assert.equal(code, 0);
      assert.match(stdout, /^key_id +raw$/m);
      assert.match(stdout, /^versions +2$/m);
    }
    assert.equal((await bench.keys(["show", "nobody"])).code, 1);
  });

  async function dumpTables(): Promise<string> {
    const ask = async <Row>(query: string) =>
      (await bench.store.client.query({ query, format: "JSONEachRow" })).json<Row>();
    const tables = await ask<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
    );
    assert.ok(tables.length > 10);
    const rows = await Promise.all(tables.map(({ name }) => ask(`SELECT * FROM ${name}`)));
    return JSON.stringify(rows);
  }
});
