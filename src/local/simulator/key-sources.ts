import type { Network, Operator } from "./networks.js";
import type { Random } from "./random.js";
import type { ShapeKind } from "./rate-shape.js";
import { userAgents } from "./services.js";
import type { SourcePlan } from "./source-pool.js";

/** The kind of callers that fits a kind of day. */
export function drawSourceKind(shape: ShapeKind, random: Random): SourcePlan["kind"] {
  if (shape === "ci") return "runners";
  if (shape === "evening") return random.weighted({ clients: 8, autoscaled: 2 });
  if (shape === "business" || shape === "mixed") return random.weighted({ hosts: 4, autoscaled: 4, clients: 2 });
  if (shape === "flat") return random.weighted({ hosts: 5, autoscaled: 5 });
  return "hosts";
}

/** Where a key is used from: servers in one or two prefixes of a cloud (or, one in five, elsewhere), or people at many ISPs. */
export function drawSources(kind: SourcePlan["kind"], operators: readonly Operator[], random: Random): SourcePlan {
  const of = (type: Operator["type"]) => operators.filter((operator) => operator.type === type);
  if (kind === "clients") {
    const networks = random.sample(of("isp"), random.whole(3, 30)).flatMap((isp) => random.sample(isp.networks, 2));
    const size = Math.round(Math.min(1500, Math.max(30, random.logNormal(150, 1))));
    return {
      kind,
      networks,
      size,
      lifetimeMinutes: random.between(1, 10) * 1440,
      userAgents: random.sample(userAgents.client, 5),
    };
  }
  const operator = random.pick(
    kind === "hosts" && random.chance(0.2) ? [...of("business"), ...of("hosting")] : of("cloud"),
  );
  const networks = random.sample(v4Of(operator), kind === "hosts" ? 1 : 2);
  if (kind === "runners")
    return {
      kind,
      networks,
      size: random.whole(4, 20),
      lifetimeMinutes: random.between(20, 60),
      userAgents: random.sample(userAgents.build, 2),
    };
  const agents = random.sample(userAgents.server, random.whole(1, 2));
  if (kind === "hosts")
    return {
      kind,
      networks,
      size: random.whole(1, 6),
      lifetimeMinutes: Infinity,
      userAgents: agents,
    };
  return {
    kind,
    networks,
    size: random.whole(3, 12),
    lifetimeMinutes: random.between(2, 72) * 60,
    userAgents: agents,
  };
}

/** Servers call out by IPv4 in this world; only people's phones and homes have IPv6. */
export function v4Of(operator: Operator): Network[] {
  return operator.networks.filter((network) => network.version === 4);
}
