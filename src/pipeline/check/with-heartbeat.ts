import type { CheckReport } from "./check-keys.js";

const TIMEOUT_MS = 5000;

/**
 * Pings a dead man's switch after a check that was completed and judged a minute, and only then: its silence is what pages. A ping
 * that fails is not repeated, since the next one is a minute away.
 */
export async function withHeartbeat(
  url: string | null,
  check: () => Promise<CheckReport>,
  onProblem: (problem: string) => void,
): Promise<CheckReport> {
  const report = await check();
  if (url === null || report.waiting !== null || report.live === 0) return report;
  try {
    const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    if (!answer.ok) onProblem(`it answered ${answer.status}`);
  } catch (error) {
    // Never the message: it may hold the address, which is a secret of its own.
    onProblem((error as Error).name);
  }
  return report;
}
