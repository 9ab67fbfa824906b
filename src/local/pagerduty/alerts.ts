import type { ReceivedEvent } from "./protocol.js";

/** One open alert as a responder would see it. */
export interface OpenAlert {
  readonly dedupKey: string;
  readonly routingKey: string;
  readonly acknowledged: boolean;
  /** The latest trigger: its summary and details are what is shown. */
  readonly event: ReceivedEvent;
  /** How often it was triggered while open; only the first notified anybody. */
  readonly triggers: number;
}

/**
 * The next list of open alerts after one accepted event, by the rules of the Events API: a trigger opens or updates, acknowledge and
 * resolve of an unknown key or through another integration change nothing.
 */
export function nextAlerts(open: readonly OpenAlert[], event: ReceivedEvent, dedupKey: string): readonly OpenAlert[] {
  const isSame = (alert: OpenAlert) => alert.dedupKey === dedupKey && alert.routingKey === event.routing_key;
  const known = open.find(isSame);
  switch (event.event_action) {
    case "trigger":
      if (known === undefined) {
        return [...open, { dedupKey, routingKey: event.routing_key, acknowledged: false, event, triggers: 1 }];
      }
      return open.map((alert) => (alert === known ? { ...alert, event, triggers: alert.triggers + 1 } : alert));
    case "acknowledge":
      return open.map((alert) => (alert === known ? { ...alert, acknowledged: true } : alert));
    case "resolve":
      return open.filter((alert) => alert !== known);
    default:
      return open; // a change event
  }
}
