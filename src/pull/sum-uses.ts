import { KEY_ID_CAP } from "../text/text-caps.js";
import { cleanText } from "../text/clean-text.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import type { ReportedBucket, ReportedUse } from "./define-puller.js";
import { PullProblem } from "./pull-problem.js";

/** What a result of a report says, before it is known whether it names a key. */
export interface ReportedResult extends Omit<ReportedUse, "keyId"> {
  readonly keyId: string | null | undefined;
}

/** More than anybody uses in a day; what is larger is a mistake, and sums of it would not be exact. */
const MOST = 1e15;

/** The results of a bucket, each key and item once: a bucket may report them by tier, size or project as well. Credits reduce them, down to nothing. */
export function bucketOf(from: number, to: number, results: readonly ReportedResult[]): ReportedBucket {
  const sums = new Map<string, ReportedUse>();
  let keyless = 0;
  for (const result of results) {
    const { keyId } = result;
    if (keyId === null || keyId === undefined || keyId === "") {
      keyless += 1;
      continue;
    }
    if (keyId.length > KEY_ID_CAP || looksLikeSecret(keyId))
      throw new PullProblem("a key's id has the shape of a secret");
    const item = cleanText(result.item, KEY_ID_CAP).text;
    const name = JSON.stringify([keyId, item]);
    const sum: ReportedUse = sums.get(name) ?? { keyId, item, requests: 0, unitMillis: 0, spendMicros: 0 };
    sums.set(name, {
      keyId,
      item,
      requests: sum.requests + result.requests,
      unitMillis: sum.unitMillis + result.unitMillis,
      spendMicros: sum.spendMicros + result.spendMicros,
      ...(result.requestIds === undefined ? {} : { requestIds: [...(sum.requestIds ?? []), ...result.requestIds] }),
    });
  }
  return { from, to, keyless, uses: [...sums.values()].map(bounded) };
}

function bounded(use: ReportedUse): ReportedUse {
  const within = (amount: number) => {
    if (!(amount <= MOST)) throw new PullProblem(`an amount beyond ${MOST} of the key ${use.keyId}`);
    return Math.max(0, Math.round(amount));
  };
  return {
    ...use,
    requests: within(use.requests),
    unitMillis: within(use.unitMillis),
    spendMicros: within(use.spendMicros),
  };
}
