import assert from "node:assert/strict";
import { test } from "node:test";
import { attackKinds, type Attack } from "../../src/local/simulator/attacks.js";
import { drawAttack } from "../../src/local/simulator/draw-attack.js";
import { drawDisturbances } from "../../src/local/simulator/draw-disturbances.js";
import { drawProfile, type KeyProfile } from "../../src/local/simulator/key-profile.js";
import { drawOperators } from "../../src/local/simulator/networks.js";
import { peakOf } from "../../src/local/simulator/rate-shape.js";
import { userAgents } from "../../src/local/simulator/user-agents.js";

const SEED = 19;
const KEYS = 1200;
const span = { from: 29_000_160, to: 29_000_160 + 35 * 1440 };
const operators = drawOperators(SEED);
const profiles = Array.from({ length: KEYS }, (_, index) => drawProfile(SEED, index, operators, span));
const shareOf = (matches: (profile: KeyProfile) => boolean, among: readonly KeyProfile[] = profiles) =>
  among.filter(matches).length / among.length;

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);
}

const quantile = (values: readonly number[], at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)] ?? NaN;

test("keys have the shapes, ages, rates and limits that the figures assume", () => {
  const shapes = {
    business: 26,
    evening: 14,
    flat: 16,
    poller: 9,
    cron: 9,
    weekly: 4,
    mixed: 10,
    ci: 7,
    plateau: 5,
    dormant: 4,
  };
  // The shares of the figures add up to 104.
  for (const [kind, weight] of Object.entries(shapes))
    near(
      shareOf(({ shape }) => shape.kind === kind),
      weight / 104,
      0.03,
      kind,
    );
  near(
    shareOf(({ activeFrom }) => activeFrom > span.from),
    0.1,
    0.025,
    "made on the way",
  );
  const usual = profiles.filter(({ shape }) => !["plateau", "dormant", "weekly", "ci"].includes(shape.kind));
  const rates = usual.map(({ meanPerMinute }) => meanPerMinute);
  near(Math.log(quantile(rates, 0.5)), Math.log(4), 0.2, "logarithm of the median rate");
  near(Math.log(quantile(rates, 0.84) / quantile(rates, 0.5)), 1.5, 0.2, "sigma of the rates");
  assert.ok(rates.every((rate) => rate >= 0.1 && rate <= 60));
  const limited = profiles.filter(({ shape }) => shape.kind !== "plateau");
  near(
    shareOf(({ limitPerMinute }) => limitPerMinute === null, limited),
    0.1,
    0.025,
    "unknown limit",
  );
  for (const { limitPerMinute, meanPerMinute, shape } of profiles) {
    if (limitPerMinute === null) continue;
    assert.ok(limitPerMinute >= 60 && limitPerMinute <= 3000);
    const headroom = limitPerMinute / (meanPerMinute * peakOf(shape));
    assert.ok(
      shape.kind === "plateau" ? headroom >= 1 && headroom < 1.7 : headroom >= 1.39,
      `${shape.kind} ${headroom}`,
    );
  }
});

test("keys are used from the sources that the figures assume, some by IPv6 as well", () => {
  const clients = profiles.filter(({ sources }) => sources.kind === "clients");
  assert.ok(clients.every(({ sources }) => sources.size >= 30 && sources.size <= 1500));
  const isps = clients.map(({ sources }) => new Set(sources.networks.map(({ asn }) => asn)).size);
  assert.ok(Math.min(...isps) >= 3 && Math.max(...isps) <= 30 && Math.max(...isps) > 20);
  const of = (kind: string) => profiles.filter(({ sources }) => sources.kind === kind);
  assert.ok(of("hosts").every(({ sources }) => sources.size >= 1 && sources.size <= 6));
  const hours = of("autoscaled").map(({ sources }) => sources.lifetimeMinutes / 60);
  assert.ok(Math.min(...hours) >= 2 && Math.max(...hours) <= 72);
  for (const kind of ["runners", "ephemeral"]) assert.ok(of(kind).length > 20, kind);
  const eligible = [...of("hosts"), ...of("autoscaled")];
  near(
    shareOf(({ confined }) => confined, eligible),
    0.3,
    0.05,
    "allowed networks",
  );
  assert.ok(shareOf(({ confined, sources }) => confined && !["hosts", "autoscaled"].includes(sources.kind)) === 0);
  const versions = ({ sources }: KeyProfile) => new Set(sources.networks.map(({ version }) => version)).size;
  near(
    shareOf((profile) => versions(profile) === 2, eligible),
    0.11,
    0.05,
    "servers of both versions",
  );
  assert.ok(shareOf((profile) => versions(profile) === 2, clients) > 0.8);
});

test("per key and 35 days everything legitimate happens as often as the figures assume", () => {
  const whole = profiles.filter(({ activeFrom }) => activeFrom === span.from);
  const drawn = whole.map((profile) => ({ profile, list: drawDisturbances(SEED, profile, operators, span) }));
  const servers = drawn.filter(({ profile }) => profile.sources.kind !== "clients");
  const web = drawn.filter(({ profile }) => ["business", "evening", "mixed"].includes(profile.shape.kind));
  const open = drawn.filter(({ profile }) => !profile.confined);
  const perKey = (kind: string, among: typeof drawn) =>
    among.reduce((total, { list }) => total + list.filter((one) => one.kind === kind).length, 0) / among.length;
  near(perKey("deploy", servers), 1.75, 0.15, "deploys");
  near(perKey("migration", servers), 0.05, 0.025, "migrations");
  near(perKey("campaign", web), 0.22, 0.07, "campaigns of web keys");
  near(perKey("retry_storm", drawn), 0.8, 0.1, "retry storms");
  near(perKey("outage", drawn), 0.35, 0.07, "outages");
  near(perKey("step_up", drawn), 0.1, 0.035, "lasting steps up");
  near(perKey("step_down", drawn), 0.06, 0.03, "steps down");
  near(perKey("batch", drawn), 0.05, 0.025, "one-off batches");
  near(perKey("new_consumer", open), 0.004, 0.006, "new consumers");
  near(perKey("monitor", open), 0.03, 0.02, "monitors");
  const developed = open.filter(({ list }) => list.some(({ kind }) => kind === "developer"));
  near(developed.length / open.length, 0.21, 0.05, "keys that developers try");
  near(perKey("developer", developed), 8.4, 1.6, "sessions of developers where there are any");
  const events = drawn.flatMap(({ list }) => list);
  const sessions = events.flatMap((one) => (one.kind === "developer" ? [one.sources.networks[0]?.type] : []));
  near(sessions.filter((type) => type !== "isp").length / sessions.length, 0.1, 0.03, "sessions through a tunnel");
  const steps = events.flatMap((one) => (one.kind === "step_up" ? [one] : []));
  assert.ok(steps.every(({ load }) => load >= 1.15 && load <= 1.6));
  near(steps.filter(({ onNewRoute }) => onNewRoute).length / steps.length, 0.4, 0.15, "steps on a new route");
  const moves = events.flatMap((one) => (one.kind === "migration" ? [one.from - one.canaryFrom] : []));
  assert.ok(moves.filter((minutes) => minutes >= 60).length / moves.length > 0.6, "migrations with a canary");
  assert.ok(events.some(({ kind }) => kind === "holiday"));
});

test("attackers have the origins, times and clients that the figures assume", () => {
  const ground = { profiles, operators, span, taken: new Set<string>() };
  const attacks = Array.from({ length: 2000 }, (_, index): Attack => {
    const kind = attackKinds[index % attackKinds.length] ?? "A";
    return drawAttack(SEED, index, { kind }, ground);
  });
  const share = (matches: (attack: Attack) => boolean) => attacks.filter(matches).length / attacks.length;
  const origins = { hosting: 0.51, residential: 0.17, own_cloud: 0.22, own_host: 0.1 };
  for (const [origin, expected] of Object.entries(origins))
    near(
      share((attack) => attack.origin === origin),
      expected,
      0.03,
      origin,
    );
  assert.ok(attacks.every(({ from, to }) => from >= span.from + 14 * 1440 && to <= span.to));
  const hours = attacks.map(({ from, to }) => (to - from) / 60);
  assert.ok(Math.min(...hours) >= 0.5 && Math.max(...hours) <= 168);
  const scripts = new Set<string>(userAgents.script);
  near(
    share(({ copiesClient }) => copiesClient),
    0.5,
    0.04,
    "who call themselves what the owner does",
  );
  const own = attacks.filter(({ copiesClient }) => !copiesClient);
  const scripted = own.filter(({ sources }) => scripts.has(sources.userAgents[0] ?? ""));
  near(scripted.length / own.length, 0.85, 0.04, "scripting clients");
  const costly = attacks.filter(({ kind }) => kind === "E");
  assert.ok(costly.every(({ routes }) => routes.usual.length === 1 && (routes.usual[0]?.priceUsd ?? 0) > 0));
  for (const { kind, requestsPerMinute, echo } of attacks)
    assert.ok(kind === "J" ? echo > 0 : requestsPerMinute >= 0.1);
});
