import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeGaps, type TriedHistory } from "../../src/pipeline/replay/judge-gaps.js";

const whole: TriedHistory = {
  totals: { requests: 1000, keys: 5, days: 14, spendMicros: 5_000_000, withAddress: 990 },
  keysOfOneDay: 0,
  shortLivedKeys: 0,
  busiest: {
    address: { text: "198.51.100.7", requests: 300, keys: 2 },
    network: { asn: 64500, requests: 500, keys: 3 },
  },
  namedBy: "key",
  nameless: 0,
};
const busiest = (address: number, keys: number, asn = 64500, network = address) => ({
  busiest: { address: { text: "10.0.0.3", requests: address, keys }, network: { asn, requests: network, keys } },
});

test("what could not be judged of a log is named, what matters most first, and the first names the field that helps", () => {
  const table: [Partial<TriedHistory>, RegExp[], RegExp][] = [
    [{}, [/no key has a known limit/], /limit_per_minute/],
    [{ namedBy: "ip" }, [/each address stands for one/, /limit/], /--key-from header:X/],
    [{ namedBy: "user" }, [/only users/, /limit/], /--key-from header:X/],
    [{ nameless: 3 }, [/3 records without a key/, /limit/], /--key-from/],
    [
      { totals: { ...whole.totals, withAddress: 0 } },
      [/^no source address: source networks cannot be judged$/, /limit/],
      /source_ip/,
    ],
    [
      { totals: { ...whole.totals, withAddress: 300 } },
      [/no source address in 70 % of requests/, /limit/],
      /client's address/,
    ],
    [busiest(900, 4), [/90 % of requests, of 4 keys, come from 10\.0\.0\.3/, /limit/], /--trusted-proxies 10\.0\.0\.3/],
    [busiest(900, 1), [/limit/], /limit/],
    [{ ...busiest(900, 4), namedBy: "ip" }, [/each address stands/, /limit/], /--key-from/],
    [
      busiest(100, 4, 13335, 950),
      [/95 % of requests come from Cloudflare's own addresses/, /limit/],
      /X-Forwarded-For/,
    ],
    [{ totals: { ...whole.totals, days: 2 } }, [/2 days of history/, /limit/], /two weeks/],
    [{ keysOfOneDay: 2 }, [/2 of 5 keys used on one day only/, /limit/], /two weeks/],
    [{ keysOfOneDay: 2, shortLivedKeys: 2 }, [/2 of 5 keys used on one day only/, /limit/], /two weeks/],
    [
      { totals: { ...whole.totals, keys: 2400 }, keysOfOneDay: 2400, shortLivedKeys: 2160 },
      [/^short-lived keys: 2,160 of 2,400 keys lived for less than a day/, /limit/],
      /send `principal`/,
    ],
    [{ totals: { ...whole.totals, keys: 2400 }, shortLivedKeys: 100 }, [/limit/], /limit/],
    [{ totals: { ...whole.totals, spendMicros: 0 } }, [/no cost/, /limit/], /cost_usd/],
  ];
  for (const [change, gaps, fix] of table) {
    const found = judgeGaps({ ...whole, ...change });
    assert.equal(found.length, gaps.length, JSON.stringify(found));
    for (const [index, gap] of gaps.entries()) assert.match(found[index]!.gap, gap);
    assert.match(found[0]!.fix, fix);
  }
});
