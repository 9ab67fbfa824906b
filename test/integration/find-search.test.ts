import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { nameRawKey } from "../../src/model/key/name-raw-key.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { ofMinutes } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const HOUR = 3_600_000;
const now = Math.floor(Date.now() / HOUR) * HOUR;
const pepper = pepperOf("a pepper of the test");
/** Of no known shape: only its fingerprint tells it. */
const RAW = `Zz-${randomBytes(9).toString("hex")}`;
const SHAPED = ["sk", "live", randomBytes(18).toString("hex")].join("_");
const OWNER = `Pay & <b>co</b>`;
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;
let incidentId = "";
let logged = "";

before(async () => {
  checks = await openChecks();
  const { store } = checks;
  const { fingerprints } = identifyWith([pepper])(RAW);
  const log = pino(
    { level: "trace" },
    new Writable({ write: (line, _encoding, done) => ((logged += String(line)), done()) }),
  );
  pages = await openPages({
    advance: checks.deps,
    now: () => now + 547,
    log,
    nameRawKey: (raw) =>
      nameRawKey(raw, {
        peppers: [pepper],
        resolveKey: (print) => (fingerprints.includes(print) ? "ak-billing-1" : undefined),
      }),
  });
  await store.registry.insertKeys(
    [
      keyVersion({ keyId: "ak-billing-1", display: "pk_live_…9f3c", owner: OWNER, service: "billing", fingerprints }),
      keyVersion({ keyId: "ak-mail-1", owner: "mail team", service: "post" }),
    ],
    "test",
  );
  await insertEvents(store, perMinute("fp_00112233445566ff", now - HOUR, ofMinutes(5, 3)));
  const found = finding("critical", now - HOUR, { keyId: "ak-billing-1", summary: "a leak" });
  await store.check.insertFindings([found]);
  await advanceIncidents({ store, baseUrl: null, enqueuePage: async () => {} }, [found], [found.tick]);
  incidentId = (await store.incident.readIncidentRows(0))[0]!.transitions[0]!.incidentId;
});
after(async () => {
  await pages.close();
  await checks.close();
});

const ask = async (path: string, q: string | null = null) => {
  const headers = { cookie: pages.cookie };
  const form = q === null ? {} : { method: "POST", body: new URLSearchParams({ q }) };
  const answer = await fetch(pages.url + path, { headers, redirect: "manual", ...form });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") ?? "" };
};
const linksOf = (text: string) =>
  [...text.slice(text.indexOf("<main")).matchAll(/href="([^"]+)"/g)].map(([, way]) => way!);

test("what is exactly one thing leads right to it, by the box as by a link", async () => {
  const ways: [string, string][] = [
    ["ak-mail-1", "./keys/ak-mail-1"],
    ["fp_00112233445566ff", "./keys/fp_00112233445566ff"],
    [incidentId, `./incidents/${encodeURIComponent(incidentId)}`],
    [" 203.0.113.9/24 ", "./networks/203.0.113.0%2F24"],
    ["as64500", "./networks/AS64500"],
  ];
  for (const [q, way] of ways) {
    for (const answer of [await ask("/search", q), await ask(`/search?q=${encodeURIComponent(q)}`)])
      assert.deepEqual([answer.status, answer.location], [303, way], q);
  }
});

test("parts of ids, display names, owners and services find keys, their owners and their incidents; what others wrote is text", async () => {
  for (const q of ["AK-BILL", "pk_live", "<b>co", "billin"]) {
    const { status, text } = await ask("/search", q);
    assert.equal(status, 200, q);
    assert.ok(linksOf(text).includes("keys/ak-billing-1"), q);
    assert.ok(linksOf(text).includes(`incidents/${encodeURIComponent(incidentId)}`), q);
    assert.ok(!text.includes("<b>co"), q);
  }
  assert.ok(linksOf((await ask("/search", "fp_0011")).text).includes("keys/fp_00112233445566ff"));
  assert.ok((await ask("/search", "nothing is called so")).text.includes("Nothing found."));
  assert.ok((await ask("/search", "")).text.includes("Look for"));
});

test("suggestions say the same group by group", async () => {
  const { groups } = JSON.parse((await ask("/search/suggestions", "billing")).text) as {
    groups: { title: string; links: { way: string }[] }[];
  };
  assert.deepEqual(
    groups.map(({ title }) => title),
    ["Keys", "Owners and services", "Incidents"],
  );
  assert.equal(groups[0]!.links[0]!.way, "keys/ak-billing-1");
});

test("a raw key says which key it is, and it or any other secret is repeated nowhere: no page, no address, no log", async () => {
  for (const path of ["/search", "/search/suggestions"]) {
    const { status, text, location } = await ask(path, RAW);
    assert.deepEqual(
      [status, location, text.includes("ak-billing-1"), text.includes("raw key")],
      [200, "", true, true],
      path,
    );
    assert.ok(!text.includes(RAW) && !text.includes(encodeURIComponent(RAW)), path);
    const inOthers = [`Bearer ${RAW}`, `Authorization: Bearer ${RAW}`, `"${RAW}"`, `https://a.example/?k=${RAW}&x=1`];
    for (const pasted of [...inOthers, `curl -H 'x-api-key: ${RAW}' a.example`]) {
      const { text: named } = await ask(path, pasted);
      assert.deepEqual([named.includes("ak-billing-1"), named.includes(RAW)], [true, false], path);
    }
    const unknown = await ask(path, SHAPED);
    assert.deepEqual(
      [unknown.status, unknown.text.includes("looks like a secret"), unknown.text.includes(SHAPED)],
      [200, true, false],
    );
  }
  // A secret whose shape nobody knows, and that is no key of the registry.
  const strange = `q8-${randomBytes(6).toString("hex")}`;
  assert.ok(!(await ask("/search", strange)).text.includes(strange));
  for (const secret of [RAW, SHAPED]) {
    const { text } = await ask(`/search?q=${encodeURIComponent(secret)}`);
    assert.deepEqual([text.includes(secret), /treat\s+it\s+as\s+leaked/.test(text)], [false, true]);
    await ask(`/incidents?owner=${encodeURIComponent(SHAPED)}`);
    assert.ok(!logged.includes(secret));
  }
});

test("who is not signed in finds nothing", async () => {
  for (const path of ["/search", "/search/suggestions"]) {
    const answer = await fetch(pages.url + path, { method: "POST", body: new URLSearchParams({ q: "billing" }) });
    assert.deepEqual([answer.status, (await answer.text()).includes("ak-billing-1")], [401, false]);
  }
});
