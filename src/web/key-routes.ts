import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { DAY_MS } from "../time/day.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { suggestCommand } from "../text/shell-quote.js";
import { newestInvestigation } from "../pipeline/view/investigation-question.js";
import { readLateChecks } from "../pipeline/view/check-state.js";
import { readKeyCard } from "../pipeline/view/key-card.js";
import { readKeyHistory } from "../pipeline/view/key-history.js";
import { keysOfIncident, readGoingOn, readKeyStandings } from "../pipeline/view/key-states.js";
import { readKnownIncidents } from "../pipeline/incident/read-incidents.js";
import { readSuppressions } from "../pipeline/incident/read-suppressions.js";
import type { KeyVersion } from "../model/key/key.js";
import type { Store } from "../store/store.js";
import { badAddressPage } from "./bad-address-page.js";
import { investigationPage } from "./investigation-page.js";
import { keyPage } from "./key-page.js";
import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import type { Span } from "../store/view/key-history.js";
import { parseTimeRange } from "./time-range.js";

const LOOK_BACK_MS = 30 * DAY_MS;

export interface KeyRoutesDeps {
  readonly store: Store;
  /** Of false pages and notices. */
  readonly budget: Parameters<typeof readKeyCard>[3];
  readonly now: () => number;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/keys/{key_id}` and `/keys/{key_id}/dossier`. */
export function keyRoutes({ store, budget, now, send }: KeyRoutesDeps): FastifyPluginAsync {
  const registryAt = async (at: number) => store.registry.readKeys(at, await store.readClock());
  return async (server) => {
    server.get<{ Params: { id: string } }>("/keys/:id", async (request, reply) => {
      const at = now();
      const { id: keyId } = request.params;
      const [present, registry] = await Promise.all([store.registry.readPresentId(keyId), registryAt(at)]);
      if (present !== keyId) return reply.redirect(`./${encodeURIComponent(present)}`, 303);
      const { range, problems } = parseTimeRange(request.query, at, { from: at - DAY_MS, to: at });
      if (problems.length > 0) return send(reply, badAddressPage(problems, "../"), 400);
      const keyIds = await store.registry.readIdsOfKey(keyId);
      const key = registry.get(keyId) ?? null;
      const [{ incidents, history, standings }, checkedUntil, card, suppressions] = await Promise.all([
        readUse(store, { keyId, keyIds, registry, range }, at),
        readLateChecks(store, at),
        readKeyCard(store, keyId, key?.limitPerMinute ?? null, budget),
        readSuppressions(store, { at: at - LOOK_BACK_MS, keyId }, at),
      ]);
      if (key === null && history === null && incidents.length === 0)
        return send(reply, missingPage("No data on this key in the last 28 days", keyId), 404);
      const standing = standings.get(keyId)!;
      return send(
        reply,
        keyPage({ keyId, key, standing, checkedUntil, history, incidents, suppressions, card, range, now: at }),
      );
    });
    server.get<{ Params: { id: string } }>("/keys/:id/dossier", async (request, reply) => {
      const at = now();
      const { id: keyId } = request.params;
      const investigation = await newestInvestigation(store, keyId, (await registryAt(at)).get(keyId) ?? null, at);
      if (investigation !== null) return send(reply, investigationPage(investigation));
      return send(reply, pageOf("No data on this key", "../../", html`<p><a href="../../">All keys</a></p>`), 404);
    });
  };
}

/** What was found about a key, how it was used, and how it stands. */
async function readUse(store: Store, { keyId, keyIds, registry, range }: KeyAsked, at: number) {
  const readIncidents = async () => {
    const known = await readKnownIncidents(store, Math.min(at - LOOK_BACK_MS, range.from), keyIds);
    return known.filter(({ incident }) => keysOfIncident(incident).some((one) => keyIds.includes(one)));
  };
  const reading = readIncidents();
  const naming = reading.then((known) => known.map(({ incident }) => incident));
  const readRisks = async () => {
    const incidents = await naming;
    return { incidents, goOn: await readGoingOn(store, incidents, at) };
  };
  const [incidents, history, standings] = await Promise.all([
    reading,
    readKeyHistory(store, keyId, at, range, naming),
    readKeyStandings(store, [keyId], readRisks(), registry, at, new Map([[keyId, keyIds.slice(1)]])),
  ]);
  return { incidents, history, standings };
}

interface KeyAsked {
  readonly keyId: string;
  /** Every id of it. */
  readonly keyIds: readonly string[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
  readonly range: Span;
}

function missingPage(title: string, keyId: string): string {
  // Whoever puts a raw key into an address is not shown it again.
  const older = looksLikeSecret(keyId)
    ? html`<p>This looks like a raw key: use its key_id instead.</p>`
    : keyId.includes("\0")
      ? html`<p>No key has such an id: it holds a zero byte. Copy the key_id again.</p>`
      : html`<p>Older data: <code>${suggestCommand("investigate", keyId)}</code>.</p>`;
  return pageOf(
    title,
    "../",
    html`${older}
      <p><a href="../">All keys and open incidents</a></p>`,
  );
}
