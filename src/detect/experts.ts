import type { WindowSurprises } from "./window-surprises.js";

/**
 * Weights of the surprises in the three experts, and what each of the windows adds: a network that is new to the key, a program that is, and a known
 * network that behaves differently. `usage` is the louder of rate and spend, since who takes more pays more. Fitted on simulated fleets: docs/detection.md, 7.
 */
const NETWORK = {
  novelSpend: 0.8,
  persistence: 0.34,
  foreign: 0.55,
  novelRoute: 0.7,
  usage: 0.28,
  offsets: [1.65, -0.25, -1.3, -0.65],
} as const;
const PROGRAM = {
  clientSpend: 1.05,
  clientPersistence: 0.78,
  novelRoute: 0.7,
  floor: 0.35,
  offsets: [-0.1, -0.9, 0.2, -0.95],
} as const;
const KNOWN_NETWORK = {
  clientRequests: 0.42,
  novelRoute: 0.7,
  usage: 0.95,
  floor: 0.25,
  offsets: [-0.15, 1.1, 1.15, -0.15],
} as const;

/** Kinds of evidence that a score is made of: each is a signal of a finding. */
export type Share = Readonly<
  Record<"sources" | "clients" | "routes" | "refusals" | "rate" | "spend" | "headroom", number>
>;

export const NO_SHARE: Share = { sources: 0, clients: 0, routes: 0, refusals: 0, rate: 0, spend: 0, headroom: 0 };

/**
 * The experts by name: the score of a window, and what each kind of evidence has in it, which with the window's offset is the score. Who has no evidence at all
 * says nothing: offsets tell windows apart, and are none.
 */
export const EXPERTS = {
  newcomer: {
    weights: NETWORK,
    scoreOf(s: WindowSurprises, w: number): number {
      const sources = fromSources(s);
      return sources > 0 ? sources + routesOf(NETWORK, s) + usageOf(NETWORK, s) + NETWORK.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      ...usageShare(NETWORK, s),
      sources: fromSources(s),
      routes: routesOf(NETWORK, s),
    }),
  },
  program: {
    weights: PROGRAM,
    scoreOf(s: WindowSurprises, w: number): number {
      const clients = byProgram(s);
      return clients > 0 ? clients + routesOf(PROGRAM, s) + headroomOf(PROGRAM, s) + PROGRAM.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      clients: byProgram(s),
      routes: routesOf(PROGRAM, s),
      headroom: headroomOf(PROGRAM, s),
    }),
  },
  known_network: {
    weights: KNOWN_NETWORK,
    scoreOf(s: WindowSurprises, w: number): number {
      const others = KNOWN_NETWORK.clientRequests * s.clientRequests + headroomOf(KNOWN_NETWORK, s);
      const all = others + routesOf(KNOWN_NETWORK, s) + usageOf(KNOWN_NETWORK, s);
      return all > 0 ? all + KNOWN_NETWORK.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      ...usageShare(KNOWN_NETWORK, s),
      clients: KNOWN_NETWORK.clientRequests * s.clientRequests,
      routes: routesOf(KNOWN_NETWORK, s),
      headroom: headroomOf(KNOWN_NETWORK, s),
    }),
  },
} as const;

const fromSources = (s: WindowSurprises) =>
  NETWORK.novelSpend * s.novelSpend + NETWORK.persistence * s.persistence + NETWORK.foreign * s.foreign;

const byProgram = (s: WindowSurprises) =>
  PROGRAM.clientSpend * s.clientSpend + PROGRAM.clientPersistence * s.clientPersistence;

const routesOf = (expert: { readonly novelRoute: number }, s: WindowSurprises) => expert.novelRoute * s.novelRoute;
const headroomOf = (expert: { readonly floor: number }, s: WindowSurprises) => expert.floor * s.floor;
const usageOf = (expert: { readonly usage: number }, s: WindowSurprises) => expert.usage * Math.max(s.rate, s.spend);

/** Rate and spend share what the louder of them adds as they are loud. */
function usageShare(expert: { readonly usage: number }, s: WindowSurprises): Pick<Share, "rate" | "spend"> {
  const both = s.rate + s.spend;
  const usage = usageOf(expert, s);
  return both === 0 ? { rate: 0, spend: 0 } : { rate: (usage * s.rate) / both, spend: (usage * s.spend) / both };
}
