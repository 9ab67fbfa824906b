import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboxPage } from "../../src/model/incident/page.js";
import { planDelivery } from "../../src/page/plan-delivery.js";
import { MINUTE, T } from "../helpers/incident-parts.js";

/** What people read one by one, and what PagerDuty takes of an integration in a minute: docs/incidents.md. */
const [STORM, MOST_A_MINUTE] = [30, 100];
/** The integration that has no name, as the table below writes it. */
const sentOf = (sent: Readonly<Record<string, number>>) =>
  new Map(Object.entries(sent).map(([ref, count]) => [ref === "" ? null : ref, count]));

/** A page that waits since a minute; its id is `<incident>@<place>`. */
function waiting(id: string, changed: Partial<OutboxPage> = {}): OutboxPage {
  const [incidentId = "", place = "10"] = id.split("@");
  return {
    pageId: id,
    incidentId,
    keyId: incidentId,
    action: "trigger",
    dedupKey: `plimsoll/${incidentId}/1`,
    severity: "error",
    topic: incidentId.startsWith("digest/") ? "digest" : "incident",
    isMinimal: false,
    step: Math.floor(Number(place) / 10),
    place: Number(place) % 10,
    routingRef: null,
    body: "{}",
    state: "pending",
    createdAt: T - MINUTE,
    attempts: 0,
    notBefore: 0,
    successorFailed: false,
    ...changed,
  };
}

const many = (count: number, changed: Partial<OutboxPage> = {}, name = "n") =>
  Array.from({ length: count }, (_, i) => waiting(`${name}${String(i).padStart(4, "0")}@10`, changed));
const old = { createdAt: T - 6 * MINUTE };
const resolve = { action: "resolve" } as const;

interface Row {
  readonly outbox: readonly OutboxPage[];
  /** Events of the last minute by integration. */
  readonly sent?: Readonly<Record<string, number>>;
  readonly send?: readonly string[] | number;
  readonly drop?: readonly string[];
  readonly late?: Readonly<Record<string, readonly string[]>>;
  readonly storms?: Readonly<Record<string, number>>;
}

const TABLE: Readonly<Record<string, Row>> = {
  "nothing waits": { outbox: [], send: [] },
  "one waits": { outbox: [waiting("a@10")], send: ["a@10"] },
  "one is to wait a little longer": { outbox: [waiting("a@10", { notBefore: T + 1 })], send: [] },
  "its time has come": { outbox: [waiting("a@10", { notBefore: T })], send: ["a@10"] },
  "two of one incident: the next waits for the answer to the first": {
    outbox: [waiting("a@20"), waiting("a@10")],
    send: ["a@10"],
  },
  "the first is to wait: so is the second": {
    outbox: [waiting("a@10", { notBefore: T + 1 }), waiting("a@20")],
    send: [],
  },
  "what begins before what ends, both before a change; worse first, older first": {
    outbox: [
      waiting("change@0", { action: "change", severity: "info" }),
      waiting("end@10", resolve),
      waiting("ack@10", { action: "acknowledge" }),
      waiting("notice@10", { severity: "warning" }),
      waiting("young@10", { createdAt: T }),
      waiting("page@10"),
      waiting("worst@10", { severity: "critical" }),
    ],
    send: ["worst@10", "page@10", "young@10", "notice@10", "ack@10", "end@10", "change@0"],
  },
  "equal in all: by name": { outbox: [waiting("b@10"), waiting("a@10")], send: ["a@10", "b@10"] },
  "it would end what on-call has, though its successor was refused": {
    outbox: [waiting("a@15", { ...resolve, successorFailed: true })],
    send: [],
    drop: ["a@15"],
  },
  "it would, but a page before it waits": {
    outbox: [waiting("a@10"), waiting("a@15", { ...resolve, successorFailed: true })],
    send: ["a@10"],
  },
  "an incident ended within five minutes: begin and end are sent": {
    outbox: [waiting("a@10"), waiting("a@20", resolve)],
    send: ["a@10"],
  },
  "it ended, and its begin has waited for longer: one notice, and the end": {
    outbox: [waiting("a@10", old), waiting("a@20", { ...resolve, ...old })],
    send: ["a@20"],
    late: { "": ["a@10"] },
  },
  "acknowledged and ended: both are late": {
    outbox: [waiting("a@10", old), waiting("a@20", { ...old, action: "acknowledge" }), waiting("a@30", resolve)],
    send: ["a@30"],
    late: { "": ["a@10", "a@20"] },
  },
  "it ended and began again: only what was before the end is late": {
    outbox: [waiting("a@10", old), waiting("a@20", { ...old, ...resolve }), waiting("a@30", old)],
    send: ["a@20"],
    late: { "": ["a@10"] },
  },
  "the end of a former notification ends no incident": {
    outbox: [waiting("a@10", old), waiting("a@15", { ...resolve, ...old })],
    send: ["a@10"],
  },
  "late ones of two integrations are two notices": {
    outbox: ["", "eu"].flatMap((routingRef) => [
      waiting(`k${routingRef}@10`, { ...old, routingRef }),
      waiting(`k${routingRef}@20`, { ...resolve, routingRef }),
    ]),
    send: ["k@20", "keu@20"],
    late: { "": ["k@10"], eu: ["keu@10"] },
  },
  "as many as people read": { outbox: many(STORM), send: STORM },
  "one more than that is a storm": { outbox: many(STORM + 1), send: [], storms: { "": STORM + 1 } },
  "what was tried may have arrived: it is no part of a storm": {
    outbox: [...many(STORM), waiting("tried@10", { attempts: 1 })],
    send: STORM + 1,
  },
  "a storm leaves ends, acknowledgements and digests as they are": {
    outbox: [
      ...many(STORM + 1),
      waiting("digest/1@0"),
      waiting("end@10", resolve),
      waiting("ack@10", { action: "acknowledge" }),
    ],
    send: ["digest/1@0", "ack@10", "end@10"],
    storms: { "": STORM + 1 },
  },
  "a storm of one integration is none of another": {
    outbox: [...many(STORM + 1), ...many(2, { routingRef: "eu" }, "e")],
    send: ["e0000@10", "e0001@10"],
    storms: { "": STORM + 1 },
  },
  "two integrations with as many as people read": {
    outbox: [...many(STORM), ...many(STORM, { routingRef: "eu" }, "e")],
    send: 2 * STORM,
  },
  "no more than an integration takes in a minute": { outbox: many(MOST_A_MINUTE + 5, resolve), send: MOST_A_MINUTE },
  "what was sent in the last minute counts": {
    outbox: many(9, resolve),
    sent: { "": MOST_A_MINUTE - 4 },
    send: 4,
  },
  "the rate is used up": { outbox: [waiting("a@10")], sent: { "": MOST_A_MINUTE + 3 }, send: [] },
  "the rate of another integration is not": {
    outbox: [waiting("a@10", { routingRef: "eu" })],
    sent: { "": MOST_A_MINUTE },
    send: ["a@10"],
  },
};

for (const [name, row] of Object.entries(TABLE))
  test(`a plan of delivery: ${name}`, () => {
    const plan = planDelivery(row.outbox, sentOf(row.sent ?? {}), T);
    const ids = (pages: readonly OutboxPage[]) => pages.map(({ pageId }) => pageId);
    const { send = [] } = row;
    assert.deepEqual(typeof send === "number" ? plan.send.length : ids(plan.send), send);
    assert.deepEqual(ids(plan.drop), row.drop ?? []);
    assert.deepEqual(Object.fromEntries([...plan.late].map(([ref, pages]) => [ref ?? "", ids(pages)])), row.late ?? {});
    assert.deepEqual(
      Object.fromEntries([...plan.storms].map(([ref, pages]) => [ref ?? "", pages.length])),
      row.storms ?? {},
    );
  });

test("whatever waits, in whatever order, each integration gets the same in the same order", () => {
  for (const { outbox, sent = {} } of Object.values(TABLE)) {
    const sendOf = (pages: readonly OutboxPage[]) =>
      planDelivery(pages, sentOf(sent), T).send.toSorted((a, b) =>
        (a.routingRef ?? "").localeCompare(b.routingRef ?? ""),
      );
    assert.deepEqual(sendOf(outbox.toReversed()), sendOf(outbox));
  }
});
