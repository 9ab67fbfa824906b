import type { Network, Operator } from "./networks.js";
import type { Random } from "./random.js";
import type { ShapeKind } from "./rate-shape.js";
import type { SourcePlan } from "./source-pool.js";
import { drawAgents } from "./user-agents.js";

/** Share of keys whose servers call out by IPv6 as well as by IPv4. */
const DUAL_STACK = 0.12;
/** Share of static hosts that stand at a hoster or in the owner's own network instead of a cloud. */
const OWN_MACHINES = 0.2;

/** The kind of callers that fits a kind of day. */
export function drawSourceKind(shape: ShapeKind, random: Random): SourcePlan["kind"] {
  if (shape === "ci") return "runners";
  if (shape === "evening") return random.weighted({ clients: 7, autoscaled: 2, ephemeral: 1 });
  if (shape === "business" || shape === "mixed")
    return random.weighted({ hosts: 4, autoscaled: 3, clients: 2, ephemeral: 1 });
  if (shape === "flat") return random.weighted({ hosts: 5, autoscaled: 4, ephemeral: 1 });
  return shape === "cron" ? random.weighted({ hosts: 8, ephemeral: 2 }) : "hosts";
}

/** Where a key is used from: servers in one or two prefixes of a cloud (or, for some hosts, elsewhere), or people at many ISPs. */
export function drawSources(kind: SourcePlan["kind"], operators: readonly Operator[], random: Random): SourcePlan {
  const of = (type: Operator["type"]) => operators.filter((operator) => operator.type === type);
  if (kind === "clients") {
    const networks = random.sample(of("isp"), random.whole(3, 30)).flatMap((isp) => random.sample(isp.networks, 2));
    const size = Math.round(Math.min(1500, Math.max(30, random.logNormal(150, 1))));
    const lifetimeMinutes = random.between(1, 10) * 1440;
    return { kind, networks, size, lifetimeMinutes, userAgents: drawAgents("client", 7, random) };
  }
  const isOwn = kind === "hosts" && random.chance(OWN_MACHINES);
  const operator = random.pick(isOwn ? [...of("business"), ...of("hosting")] : of("cloud"));
  const hasV6 = random.chance(DUAL_STACK) && operator.networks.some(({ version }) => version === 6);
  const networks = serverNetworks(operator, kind === "hosts" ? 1 : 2, hasV6, random);
  const userAgents = drawAgents(kind === "runners" ? "build" : "server", random.whole(1, 2), random);
  switch (kind) {
    case "runners":
      return { kind, networks, size: random.whole(4, 20), lifetimeMinutes: random.between(20, 60), userAgents };
    case "ephemeral":
      return { kind, networks, size: random.whole(8, 50), lifetimeMinutes: random.between(5, 60), userAgents };
    case "autoscaled":
      return { kind, networks, size: random.whole(3, 12), lifetimeMinutes: random.between(2, 72) * 60, userAgents };
    default:
      return { kind, networks, size: random.whole(hasV6 ? 2 : 1, 6), lifetimeMinutes: Infinity, userAgents };
  }
}

/** So many IPv4 prefixes of an operator, and where wanted its IPv6 prefix as well. */
export function serverNetworks(operator: Operator, count: number, hasV6: boolean, random: Random): Network[] {
  const v6 = hasV6 ? operator.networks.filter(({ version }) => version === 6) : [];
  return [...random.sample(v4Of(operator), count), ...v6];
}

/** An operator's IPv4 prefixes. */
export function v4Of(operator: Operator): Network[] {
  return operator.networks.filter((network) => network.version === 4);
}
