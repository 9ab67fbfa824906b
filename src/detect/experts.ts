import type { WindowSurprises } from "./window-surprises.js";

/**
 * Weights of the surprises in the three experts, and what each of the windows adds: a network that is new to the key, a program that is, and a known
 * network that behaves differently. `usage` is the louder of rate and spend, since who takes more pays more. Fitted on simulated fleets (docs/detection.md, 7) by
 * `npm run bench:fit-weights`.
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

/** Weights of the same shape as an expert's own. */
type LikeWeights<T> = { readonly [K in keyof T]: T[K] extends number ? number : readonly number[] };
/** Weights of all experts, shipped ones or others that are tried. */
export type Weights = {
  readonly newcomer: LikeWeights<typeof NETWORK>;
  readonly program: LikeWeights<typeof PROGRAM>;
  readonly known_network: LikeWeights<typeof KNOWN_NETWORK>;
};

/** Kinds of evidence that a score is made of: each is a signal of a finding. */
export type Share = Readonly<
  Record<"sources" | "clients" | "routes" | "refusals" | "rate" | "spend" | "headroom", number>
>;

export const NO_SHARE: Share = { sources: 0, clients: 0, routes: 0, refusals: 0, rate: 0, spend: 0, headroom: 0 };

/**
 * The experts by name: the score of a window, and what each kind of evidence has in it, which with the window's offset is the score. Who has no evidence at all
 * says nothing: offsets tell windows apart, and are none. @public for the bench, which fits the weights
 */
export const expertsOf = ({ newcomer, program, known_network }: Weights) => ({
  newcomer: {
    weights: newcomer,
    scoreOf(s: WindowSurprises, w: number): number {
      const sources = fromSources(newcomer, s);
      return sources > 0 ? sources + routesOf(newcomer, s) + usageOf(newcomer, s) + newcomer.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      ...usageShare(newcomer, s),
      sources: fromSources(newcomer, s),
      routes: routesOf(newcomer, s),
    }),
  },
  program: {
    weights: program,
    scoreOf(s: WindowSurprises, w: number): number {
      const clients = byProgram(program, s);
      return clients > 0 ? clients + routesOf(program, s) + headroomOf(program, s) + program.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      clients: byProgram(program, s),
      routes: routesOf(program, s),
      headroom: headroomOf(program, s),
    }),
  },
  known_network: {
    weights: known_network,
    scoreOf(s: WindowSurprises, w: number): number {
      const others = known_network.clientRequests * s.clientRequests + headroomOf(known_network, s);
      const all = others + routesOf(known_network, s) + usageOf(known_network, s);
      return all > 0 ? all + known_network.offsets[w]! : -Infinity;
    },
    shareOf: (s: WindowSurprises): Share => ({
      ...NO_SHARE,
      ...usageShare(known_network, s),
      clients: known_network.clientRequests * s.clientRequests,
      routes: routesOf(known_network, s),
      headroom: headroomOf(known_network, s),
    }),
  },
});

const fromSources = (by: Weights["newcomer"], s: WindowSurprises) =>
  by.novelSpend * s.novelSpend + by.persistence * s.persistence + by.foreign * s.foreign;

const byProgram = (by: Weights["program"], s: WindowSurprises) =>
  by.clientSpend * s.clientSpend + by.clientPersistence * s.clientPersistence;

const routesOf = (expert: { readonly novelRoute: number }, s: WindowSurprises) => expert.novelRoute * s.novelRoute;
const headroomOf = (expert: { readonly floor: number }, s: WindowSurprises) => expert.floor * s.floor;
const usageOf = (expert: { readonly usage: number }, s: WindowSurprises) => expert.usage * Math.max(s.rate, s.spend);

/** Rate and spend share what the louder of them adds as they are loud. */
function usageShare(expert: { readonly usage: number }, s: WindowSurprises): Pick<Share, "rate" | "spend"> {
  const both = s.rate + s.spend;
  const usage = usageOf(expert, s);
  return both === 0 ? { rate: 0, spend: 0 } : { rate: (usage * s.rate) / both, spend: (usage * s.spend) / both };
}

/** The experts with the weights that are shipped. */
export const EXPERTS = expertsOf({ newcomer: NETWORK, program: PROGRAM, known_network: KNOWN_NETWORK });
