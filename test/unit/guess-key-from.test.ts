import assert from "node:assert/strict";
import { test } from "node:test";
import { guessKeyFrom } from "../../src/import/record/guess-key-from.js";
import { keyFromText } from "../../src/import/record/key-from.js";
import { namedByText } from "../../src/commands/try-named-by.js";
import { optionsOf, theFormat } from "../helpers/read-fixture.js";

const KEYS = [
  ["ak", "live", "7Qd9xV2mKp4sT8wZ1bN6"].join("_"),
  "q7ZrT2mWx9LkB4vNc6Yp",
  "5f4dcc3b5aa765d61d8327deb882cf99",
];
const time = "26/Nov/2026:12:57:21 +0000";
const count = 40;
const linesOf = (tailOf: (index: number) => string, user = "-", target = "/v1") =>
  Array.from(
    { length: count },
    (_, at) => `198.51.100.${at} - ${user} [${time}] "GET ${target} HTTP/1.1" 200 4 "-" "curl/8" ${tailOf(at)}\n`,
  ).join("");
const jsonOf = (fieldsOf: (index: number) => object) =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      remote_addr: `198.51.100.${at}`,
      msec: "1795697841.633",
      status: "200",
      request_uri: "/v1",
      ...fieldsOf(at),
    }),
  ).join("\n");
const keyAt = (at: number) => KEYS[at % KEYS.length]!;
const hexAt = (at: number) => `9f4dcc3b5aa765d61d8327deb882${String(at).padStart(4, "0")}`;

/** What is chosen, and what is said of it. */
async function guessed(begin: string): Promise<readonly [string, string]> {
  const { keyFrom, maybe } = await guessKeyFrom(theFormat("nginx"), begin, optionsOf(""));
  return keyFrom === null ? ["", ""] : [keyFromText(keyFrom), namedByText(keyFrom, maybe)];
}

test("a field whose values have the shape of keys names them before a user or an address does, and the report says which and by what option", async () => {
  for (const tail of [
    (at: number) => `"${keyAt(at)}" 0.916`,
    (at: number) => `"${at % 4 === 0 ? "-" : `Bearer ${keyAt(at)}`}"`,
  ]) {
    const [option, said] = await guessed(linesOf(tail));
    assert.equal(option, "header:1");
    assert.match(said, /^extra field 1 of each line holds the keys, by their shape: .*--key-from header:1 /);
  }
  assert.equal((await guessed(linesOf((at) => `"203.0.113.9" "${keyAt(at)}"`, "ann")))[0], "header:2");
  const [option, said] = await guessed(jsonOf((at) => ({ http_x_acme_token: keyAt(at) })));
  assert.deepEqual(
    [option, said.startsWith("the field http_x_acme_token holds the keys")],
    ["header:http_x_acme_token", true],
  );
});

test("addresses, times, hosts, upstreams and ids of requests are no keys, and what may be keys is never passed over in silence", async () => {
  const others = [
    `"10.0.0.1, 10.0.0.2"`,
    "0.916 1.2.3.4:8080",
    `"prod-orders-v2-8080" "ip-10-0-0-7.eu-west-1.compute.internal"`,
    `"ECDHE-RSA-AES128-GCM-SHA256" TLSv1.3`,
  ];
  for (const other of others) assert.equal((await guessed(linesOf(() => other)))[0], "ip", other);
  assert.equal((await guessed(jsonOf((at) => ({ request_id: hexAt(at), ja3: hexAt(1) }))))[0], "ip");
  assert.equal((await guessed(linesOf((at) => `"${hexAt(at)}"`, "ann")))[0], "user");
  const [option, said] = await guessed(linesOf((at) => `"${hexAt(at)}"`));
  assert.equal(option, "ip");
  assert.match(
    said,
    /extra field 1 of each line holds keys or ids of requests: for keys, run again with --key-from header:1$/,
  );
});

test("nothing is guessed where most records name their key, and nothing that is said repeats one", async () => {
  const [option] = await guessed(linesOf((at) => `"${keyAt(at)}"`, "ann", `/v1?api_key=${KEYS[1]}`));
  assert.equal(option, "");
  for (const text of [linesOf((at) => `"${keyAt(at)}"`), linesOf((at) => `"${hexAt(at)}"`)]) {
    const [, said] = await guessed(text);
    assert.ok(![...KEYS, hexAt(0)].some((key) => said.includes(key)));
  }
});
