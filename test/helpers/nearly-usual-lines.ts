import type { Random } from "../../src/local/simulator/random.js";

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)]!;

const TIMES = [
  '"2026-03-08T02:11:00Z"',
  '"2026-03-08T02:11:00.123Z"',
  '"2024-02-29T23:59:59.999Z"',
  '"2026-02-29T00:00:00Z"',
  '"2026-13-08T02:11:00Z"',
  '"2026-03-08T24:00:00Z"',
  '"2016-12-31T23:59:60Z"',
  '"2026-03-08T02:11:00.1Z"',
  '"2026-03-08T02:11:00+01:00"',
  '"2026-03-08t02:11:00z"',
  '"2026-0a-08T02:11:00Z"',
  '"1772935860000"',
  "1772935860000",
  "1772935860000.5",
  "1772935860",
  "1772935860000000",
  "0",
  "null",
] as const;
const NUMBERS = [
  "0",
  "1",
  "7",
  "200",
  "200.0",
  "201",
  "404",
  "429",
  "499",
  "600",
  "99",
  "0.1",
  "0.0021",
  "0.000073",
  "0.0000005",
  "1.005",
  "12.50",
  "127",
  "123456789.123456",
  "999999999999999",
  "9007199254740993",
  "0.12345678901234567",
  "00",
  "01",
  "1.",
  ".5",
  "-1",
  "-0",
  "1e3",
  "1E-3",
  "1..2",
  "null",
  "true",
  '"12"',
  '""',
] as const;
const TEXTS = [
  '""',
  '"a"',
  '"key_1"',
  '"GET"',
  '"post"',
  '"/v1/charges/{id}"',
  '"/v1/a?token=1#b"',
  '"/v1/%41%2541"',
  '"go-sdk/1.88.0 go/1.22.5"',
  '"203.0.113.9"',
  '"2001:db8::1"',
  '"::"',
  '"::ffff:203.0.113.9"',
  '"203.0.113.9, 10.0.0.1"',
  '"10.0.0.1:443"',
  '"gateway"',
  '"caller"',
  '"provider"',
  '"Gateway"',
  '"  "',
  '"a\\"b"',
  '"a\\u0041"',
  '"caf\u00e9"',
  '"a\u200bb"',
  '"\ud83d\ude00"',
  '"AKIAIOSFODNN7EXAMPLE"',
  '"ghp_16C7e42F292c6912E7710c838347Ae178B4a"',
  '"/v1/ghp_16C7e42F292c6912E7710c838347Ae178B4a"',
  '"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
  "null",
  "3",
  "[]",
  "{}",
] as const;
const NAMES = {
  ts: TIMES,
  key_id: TEXTS,
  source_ip: TEXTS,
  observed_by: TEXTS,
  id: TEXTS,
  method: TEXTS,
  route: TEXTS,
  scope: TEXTS,
  user_agent: TEXTS,
  tls_fingerprint: TEXTS,
  region: TEXTS,
  service: TEXTS,
  status: NUMBERS,
  latency_ms: NUMBERS,
  bytes: NUMBERS,
  cost_usd: NUMBERS,
  units: NUMBERS,
  count: NUMBERS,
} as const;
const REST = [
  "key",
  "principal",
  "parent_key_id",
  "bucket_minutes",
  "path",
  "__proto__",
  "statuss",
  "t\\u0073",
  "",
] as const;
const USUAL = {
  ts: "2026-03-08T02:11:00.250Z",
  key_id: "key_9",
  source_ip: "198.51.100.7",
  method: "POST",
  route: "/v1/embeddings",
  status: 201,
  latency_ms: 127.25,
  bytes: 11_545,
  cost_usd: 0.000073,
  user_agent: "ShopApp/7.31.0 (iOS 18.5)",
} as const;
const SPACES = ["", "", "", " ", "\t", "\r", "\n", "  ", "\u00a0"] as const;

/** The line of an event as nearly all are, with an id and a status of its own. */
export function usualLine(random: Random): string {
  return JSON.stringify({ ...USUAL, id: `req-${random.below(1e6)}`, status: 200 + random.below(300) });
}

/** A line of bytes close to what senders write: some of its values, its names, its spaces or its bytes are not. */
export function nearlyUsualLine(random: Random): Buffer {
  const fields: [string, string][] = Object.entries(USUAL).map(([name, value]) => [name, JSON.stringify(value)]);
  for (let changes = random.below(4); changes > 0; changes -= 1) {
    const name = pick(random, Object.keys(NAMES)) as keyof typeof NAMES;
    const value = pick<string>(random, NAMES[name]);
    const index = fields.findIndex(([known]) => known === name);
    if (index < 0 || random.below(20) === 0) fields.push([name, value]);
    else fields[index] = [name, value];
  }
  if (random.below(6) === 0)
    fields.push([pick(random, REST), pick<string>(random, random.below(2) === 0 ? TEXTS : NUMBERS)]);
  if (random.below(4) === 0) fields.splice(random.below(fields.length), 1);
  if (random.below(3) === 0) fields.push(...fields.splice(0, random.below(fields.length)));
  const space = () => (random.below(12) === 0 ? pick(random, SPACES) : "");
  const members = fields.map(([name, value]) => `${space()}"${name}"${space()}:${space()}${value}${space()}`);
  const line = Buffer.from(`${space()}{${members.join(",")}}${space()}`);
  return random.below(5) === 0 ? withOtherByte(random, line) : line;
}

/** One byte changed, left out, put in or cut off after. */
function withOtherByte(random: Random, line: Buffer): Buffer {
  const at = random.below(line.length);
  const byte = Buffer.from([random.below(256)]);
  const way = random.below(4);
  if (way === 0) return Buffer.concat([line.subarray(0, at), byte, line.subarray(at + 1)]);
  if (way === 1) return Buffer.concat([line.subarray(0, at), line.subarray(at + 1)]);
  if (way === 2) return Buffer.concat([line.subarray(0, at), byte, line.subarray(at)]);
  return line.subarray(0, at);
}
