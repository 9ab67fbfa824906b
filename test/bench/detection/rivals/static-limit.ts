import { SLOT_MS } from "../../../../src/model/finding/window.js";
import type { Rival } from "./rival.js";

const SLOT_MINUTES = SLOT_MS / 60_000;

/** The rule that most gateways' dashboards come with: three quarters of the limit, averaged over five minutes. */
export const staticLimit: Rival = {
  name: "static 75 % of the limit",
  shippedAt: 0.75,
  judge: ({ requests, limitPerMinute }) =>
    requests.map((count) => (limitPerMinute === null ? 0 : count / (limitPerMinute * SLOT_MINUTES))),
};
