import type { ClickHouseClient } from "../../src/store/clickhouse/clickhouse-client.js";

/**
 * Writes incidents, one every ten minutes until 40 days before an instant (epoch ms), each of which ended a day later: with a finding, the pages of both
 * steps, which were sent, and a suppression of a week.
 */
export async function fillOldIncidents(client: ClickHouseClient, incidents: number, now: number): Promise<void> {
  const params = { incidents, until: Math.floor(now / 1000) - 40 * 86_400 };
  for (const query of OLD_LIVES) await client.command({ query, query_params: params });
  // As merges do in the meantime.
  for (const table of ["open_pages", "open_incidents"])
    await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
}

/** Puts a check of every minute on file, so many until an instant (epoch ms). */
export async function fillChecks(client: ClickHouseClient, minutes: number, until: number): Promise<void> {
  await client.command({
    query: `INSERT INTO check_runs (job, tick, as_of, reason, outcome, events, keys, recorded_at)
            SELECT 'check-keys', toDateTime({until:UInt32} - 60 * number, 'UTC') AS tick, tick + 45, 'live', 'evaluated', 10, 10, tick + 46
            FROM numbers({minutes:UInt32})`,
    query_params: { minutes, until: Math.floor(until / 1000) },
  });
}

/** Lets keys be seen, one a minute until an instant (epoch ms), that nobody registered: nobodys_0 is the newest. */
export async function fillUnregistered(client: ClickHouseClient, keys: number, until: number): Promise<void> {
  await client.command({
    query: `INSERT INTO first_seen (key_id, observed_by, level, value, first_at, last_at)
            SELECT concat('nobodys_', toString(number)), 'gateway', level, value, toDateTime({until:UInt32} - 60 * number, 'UTC') AS at, at
            FROM numbers({keys:UInt32}) ARRAY JOIN ['key', 'ip', 'route'] AS level, ['', '198.51.100.7', '/v1/charges'] AS value`,
    query_params: { keys, until: Math.floor(until / 1000) },
  });
}

const OLD = `(SELECT toDateTime64({until:UInt32} - 600 * number, 3, 'UTC') AS began, concat('key_', toString(number % 1000)) AS old_key,
  concat('leak/', old_key, '/', toString(number)) AS incident FROM numbers({incidents:UInt32}))`;
const STEPS = `ARRAY JOIN [1, 2] AS step, ['opened', 'resolved'] AS kind, ['first_finding', 'clean_for_a_day'] AS reason, ['trigger', 'resolve'] AS action`;

const OLD_LIVES = [
  `INSERT INTO finding_records (finding_id, tick, as_of, key_id, observed_by, cause, severity, score, onset, summary, signals, statistics)
   SELECT incident, began, began, old_key, 'gateway', 'leak', 'error', 12, began, '', '[]', concat('{"text":"', repeat('x', 500), '"}') FROM ${OLD}`,
  `INSERT INTO incident_transitions (incident_id, sequence, at, recorded_at, key_id, cause, kind, reason, severity, finding_id, details, pages)
   SELECT incident, step, began + toIntervalDay(step - 1) AS then, then, old_key, 'leak', kind, reason, 'error', incident, '{"episode":1}',
     concat('[{"pageId":"', incident, '/', toString(step), '/', action, '"}]')
   FROM ${OLD} ${STEPS}`,
  `INSERT INTO page_transitions (page_id, state, at, incident_id, key_id, action, dedup_key, severity, body, response_status, place)
   SELECT concat(incident, '/', toString(step), '/', action), state, began + toIntervalDay(step - 1), incident, old_key, action,
     concat('plimsoll/', incident, '/1'), 'error', if(state = 'pending', repeat('x', 1000), ''), if(state = 'pending', 0, 202), 10 * step
   FROM (SELECT *, step, action FROM ${OLD} ${STEPS}) ARRAY JOIN ['pending', 'sent'] AS state`,
  `INSERT INTO expectations (expectation_id, revision, action, incident_id, key_id, cause, subject, networks, from, until, actor, note)
   SELECT concat(incident, '/', toString(began)), 1, 'recorded', incident, old_key, 'leak', old_key, [], began, began + toIntervalDay(7), 'ana', '' FROM ${OLD}`,
  ...[1, -1].flatMap((entries) => [
    `INSERT INTO open_incidents (incident_id, sequence, entries) SELECT incident, 1, ${entries} FROM ${OLD}`,
    `INSERT INTO open_pages (incident_id, page_id, entries) SELECT incident, concat(incident, '/', toString(step), '/', action), ${entries} FROM ${OLD} ${STEPS}`,
  ]),
];
