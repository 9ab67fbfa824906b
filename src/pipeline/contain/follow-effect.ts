import { judgeEffect } from "../../contain/judge-effect.js";
import type { Containment } from "../../contain/fold-containments.js";
import { PLIMSOLL } from "../../contain/next-move.js";
import { noteStep } from "../../contain/request-containment.js";
import type { Incident, IncidentTransition } from "../../model/incident/incident.js";
import type { Store } from "../../store/store.js";
import { HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { readContainedKey } from "./contained-key.js";

/** Guards take some seconds to tell all their nodes; senders of events as long to send them. */
const [GRACE_MS, SETTLE_MS] = [MINUTE_MS, MINUTE_MS];

/** Says what an accepted containment came to by an instant (epoch ms), computed from what ClickHouse holds. */
export async function followEffect(
  store: Store,
  incident: Incident,
  { apply: call, acceptedAt }: Containment,
  now: number,
): Promise<IncidentTransition> {
  const began = acceptedAt ?? call.at;
  const { watched, blamed } = await readContainedKey(store, incident, call.keyId, now);
  const from = Math.ceil((began + GRACE_MS) / MINUTE_MS) * MINUTE_MS;
  const to = Math.max(from + MINUTE_MS, Math.floor((now - SETTLE_MS) / MINUTE_MS) * MINUTE_MS);
  const [after, before, rates, observed] = await Promise.all([
    store.contain.readKeyTraffic(watched, from, to),
    store.contain.readKeyTraffic(watched, began - HOUR_MS, began),
    store.contain.readMinuteRates(watched, from, to),
    store.contain.readObservedMinutes(from, to),
  ]);
  const blindMinutes = (to - from) / MINUTE_MS - observed;
  const { mostServed } = rates;
  const effect = judgeEffect({ call, acceptedAt: began, blamed, after, before, mostServed, blindMinutes });
  const note = { containmentId: call.containmentId, call: null, text: effect.text };
  return noteStep(incident, effect.reason, PLIMSOLL, now, note);
}
