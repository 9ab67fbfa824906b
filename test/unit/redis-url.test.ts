import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, domain, integer, property, string, tuple } from "fast-check";
import { parseRedisUrl } from "../../src/redis-url.js";

test("REDIS_URL is one server, or sentinels with what they call the master", () => {
  assert.deepEqual(parseRedisUrl("rediss://:p@redis:6380/2"), { kind: "server", url: "rediss://:p@redis:6380/2" });
  assert.deepEqual(
    parseRedisUrl(
      "rediss-sentinel://app:p%40%2F@one:26379,[2001:db8::1]:5,two/3?name=main&sentinel_user=s&sentinel_password=q%26",
    ),
    {
      kind: "sentinels",
      sentinels: [
        { host: "one", port: 26_379 },
        { host: "2001:db8::1", port: 5 },
        { host: "two", port: 26_379 },
      ],
      master: "main",
      username: "app",
      password: "p@/",
      sentinelUsername: "s",
      sentinelPassword: "q&",
      database: 3,
      tls: true,
    },
  );
  const plain = parseRedisUrl("redis-sentinel://:p@one?name=main");
  assert.ok("kind" in plain && plain.kind === "sentinels");
  const { username, password, database, tls } = plain;
  assert.deepEqual([username, password, database, tls], [undefined, "p", 0, false]);
});

test("what is wrong with REDIS_URL is said with the fix, and without a part of it", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["http://redis:6379", /must be redis:\/\/.*redis-sentinel:\/\//],
    ["redis-sentinel://:hunter22@one:26379", /names no master: end it with \?name=/],
    ["redis-sentinel://:hunter22@one:26379,two:99999?name=m", /a host with its port is host:26379/],
    ["redis-sentinel://:hunter22@one,,two?name=m", /a host with its port is host:26379/],
    ["redis-sentinel://:hunter22@one?name=m&db=3", /may have name, sentinel_user, sentinel_password/],
    ["redis-sentinel://:hunter22%@one?name=m", /write %25/],
    ["redis-sentinel://one/x?name=m", /must be redis:\/\//],
  ];
  for (const [text, expected] of wrong) {
    const found = parseRedisUrl(text);
    assert.ok("problem" in found, text);
    assert.match(found.problem, expected);
    assert.doesNotMatch(found.problem, /hunter22/);
  }
});

test("any user, password and hosts come out as they went in", () => {
  const text = string({ minLength: 1, unit: "grapheme" });
  const host = tuple(domain(), integer({ min: 1, max: 65_535 }));
  check(
    property(text, text, array(host, { minLength: 1, maxLength: 5 }), text, (user, password, hosts, master) => {
      const where = hosts.map(([name, port]) => `${name}:${port}`).join(",");
      const query = new URLSearchParams({ name: master });
      const found = parseRedisUrl(
        `redis-sentinel://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${where}/1?${query.toString()}`,
      );
      assert.ok("kind" in found && found.kind === "sentinels");
      assert.deepEqual([found.username, found.password, found.master], [user, password, master]);
      assert.deepEqual(
        found.sentinels,
        hosts.map(([name, port]) => ({ host: name, port })),
      );
    }),
  );
});
