import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Server } from "../../src/http/server.js";
import { parseCsv } from "../../src/import/parse-csv.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { minimalPage } from "../../src/page/compose/compose-minimal.js";
import { auditIdle } from "../../src/pipeline/audit/audit-idle.js";
import { auditRotation } from "../../src/pipeline/audit/audit-rotation.js";
import { readKnownIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { figuresOf, finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages } from "../helpers/open-pages.js";
import { signInAt } from "../helpers/page-forms.js";
import { hearDays, insertEvents, perMinute, request } from "../helpers/rule-traffic.js";
import { runCli } from "../helpers/run-cli.js";
import { WORST_NAMES, openStubShell } from "../helpers/run-suggested.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const READ = "read-token-of-the-test";
const NOW = Math.floor(Date.now() / DAY) * DAY + 6 * HOUR;
/** Only an address can hold them: no key of these names is taken in. */
const OF_ADDRESSES = [...WORST_NAMES, "k\n touch broken-out\n", "\u001b[2J\u0015touch broken-out\r", "\u202ek"];
const shell = openStubShell();
let checks = undefined as unknown as OpenChecks;
let server = undefined as unknown as Server;
let cookie = "";

before(async () => {
  checks = await openChecks();
  const { store, deps } = checks;
  const keys = WORST_NAMES.flatMap((keyId) => [
    keyVersion({ keyId, createdAt: NOW - 200 * DAY }),
    keyVersion({ keyId: `${keyId} due`, rotateBy: NOW - DAY, owner: "ana" }),
    keyVersion({ keyId: `${keyId} followed`, rotateBy: NOW - DAY }),
    keyVersion({ keyId: `${keyId} new`, replaces: `${keyId} followed` }),
    keyVersion({ keyId: `${keyId} awake`, createdAt: NOW - 200 * DAY }),
  ]);
  await store.registry.insertKeys(keys, "test");
  await hearDays(store, NOW - 110 * DAY, 111);
  const awake = WORST_NAMES.map((name) => `${name} awake`);
  await insertEvents(store, [
    ...WORST_NAMES.flatMap((keyId) => perMinute(keyId, NOW - HOUR, [50, 50])),
    ...awake.flatMap((keyId) => [request({ keyId, ts: NOW - 70 * DAY }), request({ keyId, ts: NOW - 2 * HOUR })]),
  ]);
  const leaks = WORST_NAMES.map((keyId) => finding("critical", NOW - HOUR, { keyId, summary: "a leak" }));
  await store.check.insertFindings(leaks);
  await advanceIncidents(deps, leaks, [NOW - HOUR]);
  server = await openPages({ advance: deps, read: [READ], now: () => NOW });
  cookie = await signInAt(server, READ);
});
after(async () => {
  await server.close();
  await checks.close();
  shell.close();
});

/** The commands of a page, as a browser's clipboard gets them. */
async function commandsOn(path: string): Promise<string[]> {
  const text = await (await fetch(server.url + path, { headers: { cookie } })).text();
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return [...text.matchAll(/<(code|pre)>(plimsoll [^<]*)<\/\1>/g)]
    .flatMap(([, , code]) => code!.split(/\n(?=plimsoll )/))
    .map((code) => code.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => signs[name]!));
}

const OPTIONS = new Set(["--force", "--to", "NEW_KEY_ID", "--note", "WHY"]);

/** What a command is about: its one argument, after our own options and --. */
function nameIn(command: string, ...words: string[]): string {
  const given = shell.argumentsOf(command);
  assert.deepEqual(given.splice(0, words.length), words, command);
  const name = given.pop();
  const last = given.at(-1) === "--" ? given.pop() : undefined;
  assert.ok(given.every((word) => OPTIONS.has(word)) && (last === "--") === name!.startsWith("-"), command);
  return name!;
}

test("a command that a page suggests about a key or an incident gets exactly its name, and runs nothing else", async () => {
  for (const keyId of WORST_NAMES) {
    const way = `/keys/${encodeURIComponent(keyId)}`;
    const [show, ...others] = await commandsOn(way);
    assert.deepEqual([nameIn(show!, "keys", "show"), others], [keyId, []], way);
    const [investigate, showToo] = await commandsOn(`${way}/dossier`);
    assert.deepEqual([nameIn(investigate!, "investigate"), nameIn(showToo!, "keys", "show")], [keyId, keyId]);
  }
  for (const { incident } of await readKnownIncidents(checks.store, 0)) {
    const commands = await commandsOn(`/incidents/${encodeURIComponent(incident.incidentId)}`);
    const acts = ["ack", "resolve", "expect"].map((act, at) => nameIn(commands[at]!, "incidents", act));
    assert.deepEqual(
      acts,
      Array.from(acts, () => incident.incidentId),
    );
  }
});

test("so does the command for a key that nobody knows, whose name is that of an address", async () => {
  for (const name of OF_ADDRESSES) {
    const [command] = await commandsOn(`/keys/${encodeURIComponent(`${name} of nobody\n`)}`);
    assert.equal(nameIn(command!, "investigate"), `${name} of nobody\n`);
  }
});

test("so do those of pages to on-call, whole or minimal", async () => {
  const pages = (await checks.store.page.readOutbox()).filter(({ action }) => action === "trigger");
  assert.equal(pages.length, WORST_NAMES.length);
  for (const page of pages) {
    const detailsOf = (body: string) =>
      (JSON.parse(body) as { payload: { custom_details: Record<string, string> } }).payload.custom_details;
    assert.equal(nameIn(detailsOf(page.body)["see"]!, "incidents", "show"), page.incidentId);
    const { note } = detailsOf(minimalPage(page, "it's $(touch broken-out)")!.body);
    assert.equal(nameIn(note!.slice(note!.lastIndexOf(": plimsoll ") + 2), "incidents", "show"), page.incidentId);
  }
});

test("so do those of audits of rotation and of idleness", async () => {
  await auditRotation(checks.deps, NOW);
  await auditIdle(checks.deps, NOW);
  const told = checks.found.filter(({ cause }) => cause === "rotation_due" || cause === "scope");
  const said = told.map((one) => {
    const { keyId } = one;
    const toDo = String(figuresOf(one)["what_to_do"]);
    const command = toDo.slice(toDo.indexOf(": plimsoll ") + 2);
    assert.equal(nameIn(command, "keys", / keys (\w+) /.exec(command)![1]!), keyId);
    return command
      .split(" ")
      .slice(2, 4)
      .filter((word) => !/^['"]/.test(word))
      .join(" ");
  });
  const kinds = ["rotate --to", "revoke", "revoke --force"].map(
    (kind) => said.filter((one) => one.startsWith(kind)).length,
  );
  assert.ok(
    kinds.every((count) => count >= WORST_NAMES.length),
    kinds.join(" "),
  );
});

test("our own command line takes a name that begins with a dash as the commands write it", async () => {
  const env = { CLICKHOUSE_URL: checks.url };
  const { code, stdout, stderr } = await runCli(["keys", "show", "--", "-rf"], env);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^key_id +-rf$/m);
});

test("an investigation as CSV holds no formula, whatever was written into routes and clients", async () => {
  const formulas = ["=1+1", "-2+3+cmd|' /C calc'!A0", "+1", "@SUM(A1)", '=HYPERLINK("http://x/?"&A1)', " =1;=1", "＝1"];
  const keyId = "k-of-formulas";
  const events = formulas.map((text, at) =>
    request({ keyId, ts: NOW - HOUR + at, route: text, scope: text, userAgent: text }),
  );
  await insertEvents(checks.store, events);
  const env = { CLICKHOUSE_URL: checks.url };
  const span = ["--from", new Date(NOW - DAY).toISOString(), "--to", new Date(NOW).toISOString()];
  const { code, stdout } = await runCli(["investigate", keyId, "--format", "csv", ...span], env);
  assert.equal(code, 0);
  const records = parseCsv(stdout.trimEnd());
  assert.ok(!("brokenLine" in records));
  const cells = records.flatMap((record) => record.cells);
  for (const text of formulas) assert.ok(cells.includes(`'${text}`), text);
  for (const cell of cells) assert.ok(!/^\s*[=+\-@＝]/.test(cell) || /^-?\d+(\.\d+)?$/.test(cell), cell);
});
