import assert from "node:assert/strict";
import { test } from "node:test";
import { onFinding, onFold, onTick } from "../../src/incident/next-transition.js";
import { onPerson } from "../../src/incident/on-person.js";
import type { Incident, IncidentTransition } from "../../src/model/incident/incident.js";
import type { Severity } from "../../src/model/incident/page.js";
import { DAY, finding, HOUR, incident, MINUTE, T } from "../helpers/incident-parts.js";

const ended = (endedBy: Incident["endedBy"], ago = 2 * HOUR) =>
  incident("error", { open: false, endedBy, openedAt: T - ago - DAY, changedAt: T - ago, lastFindingAt: T - ago });

/** Every state that an incident can be in, as the newest of its cause and subject; on-call was notified two hours ago. */
const STATES = {
  none: null,
  notice: incident("warning"),
  page: incident("error"),
  acknowledged: incident("error", { acknowledgedBy: "ana" }),
  quiet: incident("error", { quiet: true, changedAt: T - HOUR + MINUTE }),
  clean: ended("clean_for_a_day"),
  long_clean: ended("clean_for_a_day", 8 * DAY),
  healthy: ended("healthy_again"),
  by_person: ended("by_person"),
  expected: ended("expected"),
  folded: ended("folded"),
} as const satisfies Record<string, Incident | null>;
type State = keyof typeof STATES;

const goesOn = { statistics: { window: 0, novel: { asn_hosting: { requests: [50, 200, 900, 900] } } } };
const isOver = { statistics: { window: 3, novel: { asn_hosting: { requests: [0, 0, 0, 900] } } } };
const found =
  (severity: Severity, changed = goesOn) =>
  (state: Incident | null) =>
    onFinding(state, finding(severity, T, changed));
const person = { actor: "bo", note: "", verdict: null, eventId: null, url: null } as const;
type Act = Parameters<typeof onPerson>[1];
const act = (what: Act) => (state: Incident | null) => state && onPerson(state, what, person, T);

/** Everything that can happen to it. */
const EVENTS = {
  notice_found: found("warning"),
  page_found: found("error"),
  critical_found: found("critical"),
  echo_found: found("error", isOver),
  late_found: (state: Incident | null) => state && onFinding(state, finding("critical", state.openedAt - MINUTE)),
  minute_passes: (state: Incident | null) => state && onTick(state, state.lastFindingAt + MINUTE),
  hour_passes: (state: Incident | null) => state && onTick(state, state.lastFindingAt + HOUR),
  day_passes: (state: Incident | null) => state && onTick(state, state.lastFindingAt + DAY),
  merged: (state: Incident | null) => (state?.open === true ? onFold(state, "leak/network/1", T) : null),
  acknowledge: act("acknowledge"),
  unacknowledge: act("unacknowledge"),
  resolve: act("resolve"),
  expect: act("expect"),
  reopen: act("reopen"),
  note: act("note"),
  reassign: act("reassign"),
  link: act("link"),
} as const;
type Event = keyof typeof EVENTS;

/** What each event does in each state: kind and reason of the step, why a person's act changes nothing, or `-` for no step. */
const TABLE = `
                none                  notice                   page                     acknowledged             quiet                 clean               long_clean           healthy             by_person           expected            folded
notice_found    opened:first_finding  -                        -                        -                        updated:found_again   reopened:found_again opened:first_finding reopened:found_again reopened:found_again reopened:found_again reopened:found_again
page_found      opened:first_finding  escalated:worse_severity -                        -                        updated:found_again   reopened:found_again opened:first_finding reopened:found_again reopened:found_again reopened:found_again reopened:found_again
critical_found  opened:first_finding  escalated:worse_severity escalated:worse_severity escalated:worse_severity escalated:worse_severity reopened:found_again opened:first_finding reopened:found_again reopened:found_again reopened:found_again reopened:found_again
echo_found      opened:first_finding  escalated:worse_severity -                        -                        updated:found_again   reopened:found_again opened:first_finding reopened:found_again -                   -                   reopened:found_again
late_found      -  - - - - - - - - - -
minute_passes   -  - - - - - - - - - -
hour_passes     -  quieted:no_finding_for_an_hour quieted:no_finding_for_an_hour quieted:no_finding_for_an_hour - - - - - - -
day_passes      -  resolved:clean_for_a_day resolved:clean_for_a_day resolved:clean_for_a_day resolved:clean_for_a_day - - - - - -
merged          -  resolved:folded resolved:folded resolved:folded resolved:folded - - - - - -
acknowledge     -  acknowledged:by_person acknowledged:by_person is_acknowledged acknowledged:by_person is_over is_over is_over is_over is_over is_over
unacknowledge   -  is_not_acknowledged is_not_acknowledged unacknowledged:by_person is_not_acknowledged is_over is_over is_over is_over is_over is_over
resolve         -  resolved:by_person resolved:by_person resolved:by_person resolved:by_person is_over is_over is_over is_over is_over is_over
expect          -  resolved:expected resolved:expected resolved:expected resolved:expected is_over is_over is_over is_over is_over is_over
reopen          -  is_open is_open is_open is_open reopened:by_person reopened:by_person reopened:by_person reopened:by_person reopened:by_person reopened:by_person
note            -  noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person noted:by_person
reassign        -  reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person reassigned:by_person
link            -  linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person linked:by_person
`;

const [head = [], ...rows] = TABLE.trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));
const stepText = (step: IncidentTransition | string | null): string =>
  step === null ? "-" : typeof step === "string" ? step.replaceAll(" ", "_") : `${step.kind}:${step.reason}`;

test("the table has every event in every state", () => {
  assert.deepEqual(head, Object.keys(STATES));
  assert.deepEqual(
    rows.map(([event, ...cells]) => [event, cells.length]),
    Object.keys(EVENTS).map((event) => [event, head.length]),
  );
});

for (const [event = "", ...cells] of rows)
  for (const [i, wanted] of cells.entries())
    test(`an incident, ${head[i]}, ${event}: ${wanted}`, () =>
      assert.equal(stepText(EVENTS[event as Event](STATES[head[i] as State])), wanted));
