import assert from "node:assert/strict";
import { test } from "node:test";
import { homeUrl, problemOfClickHouseUrls, shardUrls } from "../../src/clickhouse-urls.js";
import { Secret } from "../../src/secret.js";
import { membersOf, printCluster } from "../../src/store/clickhouse/print-cluster.js";
import { isOfShard, overShards } from "../../src/store/clickhouse/sharded-tables.js";
import { readMigrations } from "../../src/store/clickhouse/sql-files.js";
import { onShards } from "../../src/queue/per-shard.js";
import { jobs } from "../../jobs/index.js";

const TWO = "http://plimsoll:secret@ch-1:8123/plimsoll; https://plimsoll:secret@ch-2:8443/plimsoll";

test("a list of servers is taken in its order, and one that is wrong is told by its place and without its password", () => {
  assert.deepEqual(
    shardUrls(new Secret(TWO)).map((one) => new URL(one.reveal()).host),
    ["ch-1:8123", "ch-2:8443"],
  );
  assert.equal(new URL(homeUrl(new Secret(TWO)).reveal()).host, "ch-1:8123");
  assert.equal(problemOfClickHouseUrls(TWO), null);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["clickhouse://x:hunter2@a/plimsoll", /^must be a URL that starts with http/],
    ["http://x:hunter2@a:8123/plimsoll;", /^URL 2 of 2: must be a URL/],
    ["http://x:hunter2@a:8123/plimsoll;http://x:hunter2@a:8123/plimsoll", /^URL 1 and 2 are the same server$/],
    ["http://x:hunter2@a:8123/plimsoll;http://x:hunter2@b:8123/other", /same database/],
  ];
  for (const [text, said] of wrong) {
    const problem = problemOfClickHouseUrls(text);
    assert.match(problem ?? "", said);
    assert.doesNotMatch(problem ?? "", /hunter2/);
  }
});

test("the printed cluster names every server at the port of its own protocol, and holds no password", () => {
  const printed = printCluster(membersOf(new Secret(TWO)));
  assert.match(printed, /<host>ch-1<\/host>\s*<port>9000<\/port>\s*<user>/);
  assert.match(printed, /<host>ch-2<\/host>\s*<port>9440<\/port>\s*<secure>1<\/secure>/);
  assert.doesNotMatch(printed, /secret/);
  // Two hyphens would end the comment, and no server would start.
  assert.doesNotMatch(/<!--([^]*?)-->/.exec(printed)?.[1] ?? "--", /--/);
});

test("of every migration a shard gets its part or the first shard the whole, and what fills is on the shards alone", () => {
  for (const migration of readMigrations()) {
    const whole = overShards(migration, "plimsoll_shard", 2);
    const isFill = / MATERIALIZED VIEW /.test(migration.statement);
    const isChange = /^(ALTER TABLE|INSERT INTO) /m.test(migration.statement);
    if (!isOfShard(migration)) assert.equal(whole, migration.statement, migration.name);
    else if (isFill || isChange) assert.equal(whole, null, migration.name);
    else assert.match(whole ?? "", /ENGINE = Distributed\('plimsoll', 'plimsoll_shard', '(\w+)'.*\) COMMENT '.+'$/);
    // A table of keys that is left out of the list would be filled on no shard.
    if (isFill && isOfShard(migration)) {
      const [, table] = / TO (\w+) AS/.exec(migration.statement) ?? [];
      const made = readMigrations().find(({ statement }) =>
        statement.includes(`CREATE TABLE IF NOT EXISTS ${table}\n`),
      );
      assert.ok(made !== undefined && isOfShard(made), `${table} is filled on shards, and is not on them`);
    }
  }
});

test("each shard has its own queues for blocks, and all other jobs run once", () => {
  const names = onShards(jobs, 3).map(({ name }) => name);
  assert.equal(names.length, jobs.length + 4);
  for (const name of ["record-events", "record-events-2", "record-events-3", "record-backfill-3"])
    assert.ok(names.includes(name), name);
});
