import { EXPERTS, type Weights } from "../../../src/detect/experts.js";

/** The weights that are shipped. */
export const SHIPPED: Weights = {
  newcomer: EXPERTS.newcomer.weights,
  program: EXPERTS.program.weights,
  known_network: EXPERTS.known_network.weights,
};

/** Weights and offsets of all experts, one behind the other. */
export function vectorOf(weights: Weights): number[] {
  return Object.values(weights).flatMap((own) => Object.values(own).flat());
}

/** The opposite of vectorOf. A weight is never below 0, and that of routes never above `mostRoute`. */
export function weightsOf(vector: readonly number[], mostRoute: number): Weights {
  let at = 0;
  const next = () => vector[at++]!;
  const weight = (name: string) => Math.min(Math.abs(next()), name === "novelRoute" ? mostRoute : Infinity);
  const own = (shape: object) =>
    Object.entries(shape).map(([name, one]) => [name, Array.isArray(one) ? one.map(next) : weight(name)]);
  const all = Object.entries(SHIPPED).map(([expert, shape]) => [expert, Object.fromEntries(own(shape))]);
  return Object.fromEntries(all) as Weights;
}
