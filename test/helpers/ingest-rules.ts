import { pepperOf } from "../../src/model/key/key-fingerprint.js";
import { STORABLE_SPAN } from "../../src/model/event/accepted-span.js";
import type { EventRules } from "../../src/model/event/parse-request-event.js";

export const PEPPER = pepperOf("a pepper for tests, 32 bytes long");

/** Rules that take any date as history and price nothing, with what a test changes. */
export function rules(changed: Partial<EventRules> = {}): EventRules {
  return {
    span: STORABLE_SPAN,
    peppers: [PEPPER],
    resolveKey: () => undefined,
    priceOf: () => 0,
    networkOf: () => null,
    isHistory: true,
    ...changed,
  };
}
