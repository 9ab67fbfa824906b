import assert from "node:assert/strict";
import { test } from "node:test";
import { splitLongLists } from "../../src/store/clickhouse/split-long-lists.js";

const LONG = Array.from({ length: 40_000 }, (_, i) => `key_of_a_fleet_${i}`);

test("a long list is cut into parts that hold it once and in order, and a column is looked for among the elements, never in a list that is put together", () => {
  const { query, params } = splitLongLists({
    query:
      "SELECT 1 WHERE (empty({keys:Array(String)}) OR u.key_id IN {keys:Array(String)}) AND key_id NOT IN {keys:Array(String)} AND asn IN {asns:Array(UInt32)}",
    params: { keys: LONG, asns: [64_500], keys_of: "a name that begins alike" },
  });
  const parts = Object.keys(params).filter((name) => /^keys_\d+$/.test(name));
  assert.ok(parts.length > 10);
  assert.deepEqual(
    parts.flatMap((name) => params[name] as string[]),
    LONG,
  );
  const whole = `arrayConcat(${parts.map((name) => `{${name}:Array(String)}`).join(", ")})`;
  const among = `IN (SELECT arrayJoin(${whole}))`;
  assert.equal(
    query,
    `SELECT 1 WHERE (empty(${whole}) OR u.key_id ${among}) AND key_id NOT ${among} AND asn IN {asns:Array(UInt32)}`,
  );
  assert.deepEqual([params["asns"], params["keys_of"]], [[64_500], "a name that begins alike"]);
});
