import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeMove, roomNeeded } from "../../src/pipeline/shards/judge-move.js";
import { Secret } from "../../src/secret.js";
import { membersOf, printCluster } from "../../src/store/clickhouse/print-cluster.js";
import { digestQuery, isSame } from "../../src/store/shards/table-shape.js";
import type { MoveFacts } from "../../src/store/shards/examine-move.js";

const GB = 1e9;
const server = { version: "26.7.2.1", freeBytes: 500 * GB, now: 0, rows: 1000, bytes: 100 * GB };
const place = (number: number, shards: number, fleet = "ours") => ({ number, shards, fleet });
const single: MoveFacts = {
  reads: "open",
  source: "plimsoll",
  olds: [{ ...server, place: undefined }],
  added: { ...server, rows: 0, bytes: 0, place: undefined, hasDatabase: false },
  withoutCluster: [],
};
const two: MoveFacts = {
  ...single,
  olds: [1, 2].map((number) => Object.assign({}, server, { place: place(number, 2) })),
};

test("an empty server is added to one and to several, and one that was begun with goes on", () => {
  assert.equal(judgeMove(single, 2), null);
  assert.equal(judgeMove(two, 3), null);
  const begun = { ...two, added: { ...two.added, rows: 5, freeBytes: 0, place: place(3, 3) } };
  assert.equal(judgeMove(begun, 3), null);
  assert.ok(Math.abs(roomNeeded(two.olds, 3) - (200 * GB * 1.3) / 3) < 1);
});

test("what stands against it is told with what to do, before anything is changed", () => {
  const added = (more: Partial<MoveFacts["added"]>) => ({ ...two, added: { ...two.added, ...more } });
  const cases: readonly (readonly [MoveFacts, RegExp, RegExp])[] = [
    [added({ place: place(1, 2) }), /is server 1 of this installation already/, /not in CLICKHOUSE_URL/],
    [added({ place: place(3, 3, "theirs") }), /of another installation/, /server of its own/],
    [added({ hasDatabase: true }), /a Plimsoll database of its own/, /empty server/],
    [added({ version: "25.3.1.1" }), /runs ClickHouse 25\.3\.1\.1, and the others 26\.7\.2\.1/, /install ClickHouse/],
    [added({ freeBytes: 10 * GB }), /10\.0 GB free, and about 86\.7 GB are needed/, /larger disk/],
    [{ ...two, reads: "cut_off" }, /another server was made server 3, and that is not done yet/, /that one/],
    [
      { ...two, olds: two.olds.map((old) => Object.assign({}, old, { place: place(old.place!.number, 3) })) },
      /another server was made server 3/,
      /that one/,
    ],
    [{ ...two, withoutCluster: [1, 3] }, /server 1, 3 of 3 does not know all servers/, /--print-cluster/],
    [{ ...two, olds: two.olds.toReversed() }, /URL 1 of 2 in CLICKHOUSE_URL is server 2/, /order/],
    [
      { ...two, olds: two.olds.map((old) => Object.assign({}, old, { place: place(old.place!.number, 4) })) },
      /has 4 servers/,
      /all of them/,
    ],
    [{ ...two, olds: [two.olds[0]!, { ...server, place: undefined }] }, /none of an installation/, /plimsoll migrate/],
  ];
  for (const [facts, found, fix] of cases) {
    const problem = judgeMove(facts, 3);
    assert.match(problem?.found ?? "", found);
    assert.match(problem?.fix ?? "", fix);
  }
});

test("versions are compared by number, whatever their last digits", () => {
  const isOlder = (version: string) =>
    judgeMove({ ...single, added: Object.assign({ ...single.added }, { version }) }, 2) !== null;
  assert.deepEqual(["26.10.1.1", "26.7.0.1", "27.1.1.1", "26.6.9.9", "25.12.1.1"].map(isOlder), [
    false,
    false,
    false,
    true,
    true,
  ]);
});

test("the printed cluster has the servers in use under the names that tables read them by, and all of them under one more", () => {
  const members = membersOf(new Secret("http://a:8123/p;http://b:8123/p;http://c:8123/p"));
  const hostsOf = (printed: string, name: string) =>
    [...(new RegExp(`<${name}>([^]*?)</${name}>`).exec(printed)?.[1] ?? "").matchAll(/<host>(\w)</g)].map(
      ([, host]) => host,
    );
  const printed = printCluster(members, 2);
  assert.deepEqual(hostsOf(printed, "plimsoll"), ["a", "b"]);
  assert.deepEqual(hostsOf(printed, "plimsoll_2"), ["a", "b"]);
  assert.deepEqual(hostsOf(printed, "plimsoll_3"), ["a", "b", "c"]);
  assert.deepEqual(hostsOf(printCluster(members.slice(0, 2), 1), "plimsoll_1"), ["a"]);
});

test("a digest looks at every column, and none of rows is that of nothing", () => {
  const shape = { table: "t", of: ["minute", "key_id"], sums: ["requests", "served"], bounds: [] };
  const query = digestQuery(shape, "t", "1");
  assert.match(query, /cityHash64\(minute, key_id\)/);
  assert.match(query, /1 \* toUInt64\(requests\) \+ 3 \* toUInt64\(served\)/);
  assert.ok(isSame(undefined, { amount: "0", digest: "0" }));
  assert.ok(!isSame({ amount: "1", digest: "2" }, { amount: "1", digest: "3" }));
});
