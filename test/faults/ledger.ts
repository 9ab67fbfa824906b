import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/local/simulator/random.js";

/** What senders were promised: every event has a name of its own. */
export interface Ledger {
  /** Events of bodies that were answered 202. */
  acknowledged: number;
  /** Bodies that were sent again after they had been answered. */
  repeats: number;
  /** Bodies that were sent again because they had not been answered, or with 429 or 503. */
  retries: number;
  /** Answers that contradict each other or the body: none is right. */
  readonly faults: string[];
}

export interface LedgerSender {
  readonly urls: readonly string[];
  readonly token: string;
  readonly random: Random;
  /** Unique among the senders. */
  readonly name: string;
  /** True when enough was sent. */
  readonly isDone: () => boolean;
}

const SIZES = [1, 1, 1, 2, 7, 40, 300, 2500];
const ANSWER_MS = 8000;
const RETRY_MS = 200;
const REPEAT_SHARE = 0.15;
const TWIN_SHARE = 0.1;

/** Sends bodies until it is done, each until it is answered 202, and some of them again after that, to whichever serve. */
export async function sendLedger(sender: LedgerSender, ledger: Ledger): Promise<void> {
  const { random, name } = sender;
  const answered: Sent[] = [];
  for (let number = 0; !sender.isDone(); number += 1) {
    const body = drawBody(random, `${name}-${number}`);
    const send = async () => sendUntilTaken(sender, body, ledger);
    // Now and then a sender loses patience and sends the same again while the first is under way.
    const [{ batch, accepted }, twin] = await Promise.all([send(), random.next() < TWIN_SHARE ? send() : null]);
    if (twin !== null && twin.batch !== batch) ledger.faults.push(`twins were answered as ${batch} and ${twin.batch}`);
    if (accepted !== body.events) ledger.faults.push(`${accepted} of ${body.events} events were accepted`);
    ledger.acknowledged += body.events;
    answered.push({ body, batch });
    if (random.next() < REPEAT_SHARE) await repeat(sender, random.pick(answered.slice(-50)), ledger);
    await pause(random.below(40));
  }
}

interface Body {
  readonly text: string;
  readonly events: number;
  readonly idempotencyKey: string | null;
}

interface Sent {
  readonly body: Body;
  readonly batch: string;
}

async function repeat(sender: LedgerSender, { body, batch }: Sent, ledger: Ledger): Promise<void> {
  ledger.repeats += 1;
  const again = await sendUntilTaken(sender, body, ledger);
  if (!again.repeated || again.batch !== batch)
    ledger.faults.push(`a repeat of ${batch} was answered as ${again.batch}`);
}

const DAY_MS = 86_400_000;
const OLD_DAYS = 12;

/** Repeats are known by an Idempotency-Key, by ids, or by the body alone. */
function drawBody(random: Random, name: string): Body {
  const events = random.pick(SIZES);
  const kind = random.pick(["key", "ids", "body"] as const);
  const now = Date.now();
  // Some shippers send what is weeks old, which goes its own way.
  const isOld = random.pick([true, false, false, false, false]);
  const lines = Array.from({ length: events }, (_, index) => {
    const unique = `${name}-${index}`;
    const named = kind === "ids" ? { id: unique } : { region: unique };
    return JSON.stringify({
      ts: now - index - (isOld ? (2 + (index % OLD_DAYS)) * DAY_MS : 0),
      key_id: `ledger-${index % 50}`,
      source_ip: `203.0.113.${index % 200}`,
      route: "/x",
      ...named,
    });
  });
  return { text: lines.join("\n"), events, idempotencyKey: kind === "key" ? name : null };
}

async function sendUntilTaken(sender: LedgerSender, body: Body, ledger: Ledger) {
  for (;;) {
    try {
      const answer = await fetch(`${sender.random.pick(sender.urls)}/v1/events`, {
        method: "POST",
        body: body.text,
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: {
          authorization: `Bearer ${sender.token}`,
          "content-type": "application/x-ndjson",
          ...(body.idempotencyKey === null ? {} : { "idempotency-key": body.idempotencyKey }),
        },
      });
      const text = await answer.text();
      if (answer.status === 202) return JSON.parse(text) as { batch: string; accepted: number; repeated: boolean };
      if (answer.status !== 429 && answer.status !== 503) ledger.faults.push(`${answer.status}: ${text}`);
    } catch {
      // No answer: whether it was taken is unknown, which is what the repeat is for.
    }
    ledger.retries += 1;
    await pause(RETRY_MS);
  }
}
