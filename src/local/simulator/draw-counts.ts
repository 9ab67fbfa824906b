/** Where the chance comes from: numbers of at least 0 and less than 1. */
interface Uniform {
  next(): number;
}

/** From this mean on, rejection is cheaper than counting up. */
const REJECT_FROM = 10;
const TABLE = 1024;

const logFactorials = new Float64Array(TABLE);
for (let k = 2; k < TABLE; k++) logFactorials[k] = (logFactorials[k - 1] ?? 0) + Math.log(k);

/** Logarithm of k!, by Stirling's series beyond the table. */
function logFactorial(k: number): number {
  if (k < TABLE) return logFactorials[k] as number;
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * k);
}

/** A Poisson count, exact for any mean at a cost that does not grow with it (PTRS of Hörmann, 1993). */
export function drawPoisson(random: Uniform, mean: number): number {
  if (mean < REJECT_FROM) {
    const floor = Math.exp(-mean);
    let count = 0;
    for (let product = random.next(); product > floor; product *= random.next()) count++;
    return count;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const sure = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const margin = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / margin + b) * u + mean + 0.43);
    if (margin >= 0.07 && v <= sure) return k;
    if (k < 0 || (margin < 0.013 && v > margin)) continue;
    const bound = Math.log((v * (1.1239 + 1.1328 / (b - 3.4))) / (a / (margin * margin) + b));
    if (bound <= k * Math.log(mean) - mean - logFactorial(k)) return k;
  }
}

/** How many of `trials` succeed, exact (inversion for few, BTRS of Hörmann, 1993, for many). */
export function drawBinomial(random: Uniform, trials: number, chance: number): number {
  if (trials <= 0 || chance <= 0) return 0;
  if (chance >= 1) return trials;
  if (chance > 0.5) return trials - drawBinomial(random, trials, 1 - chance);
  return trials * chance < REJECT_FROM ? countUp(random, trials, chance) : reject(random, trials, chance);
}

function countUp(random: Uniform, trials: number, chance: number): number {
  const odds = chance / (1 - chance);
  let probability = (1 - chance) ** trials;
  let left = random.next();
  let count = 0;
  while (left > probability && count < trials) {
    left -= probability;
    count++;
    probability *= (odds * (trials - count + 1)) / count;
  }
  return count;
}

function reject(random: Uniform, trials: number, chance: number): number {
  const odds = chance / (1 - chance);
  const deviation = Math.sqrt(trials * chance * (1 - chance));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * chance;
  const sure = 0.92 - 4.2 / b;
  const mode = Math.floor((trials + 1) * chance);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const margin = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / margin + b) * u + trials * chance + 0.5);
    if (margin >= 0.07 && v <= sure) return k;
    if (k < 0 || k > trials) continue;
    const bound = Math.log((v * (2.83 + 5.1 / b) * deviation) / (a / (margin * margin) + b));
    const ratio = logFactorial(mode) + logFactorial(trials - mode) - logFactorial(k) - logFactorial(trials - k);
    if (bound <= ratio + (k - mode) * Math.log(odds)) return k;
  }
}
