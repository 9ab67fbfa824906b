import { z } from "zod";
import { findingsAnswer, incidentsAnswer, usageAnswer } from "../reads/answer-schemas.js";
import { ocsfFindingSchema } from "../reads/ocsf-finding.js";
import { findingsQuery, incidentsQuery, usageQuery } from "../reads/query-schemas.js";
import { DENIED, failure, json, retryLater, type Operation } from "./operation.js";

const access = ["readToken", "adminToken"] as const;
const REFUSED = {
  ...DENIED,
  400: failure("A parameter is wrong: errors says which, and the fix."),
  503: retryLater("ClickHouse could not be read."),
};

const UNKNOWN_KEY = failure("The key is neither registered nor seen in traffic.");

/** What other programs read. */
export const readOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/findings",
    id: "listFindings",
    summary: "What checks found, in the order of recording",
    access,
    query: findingsQuery,
    answers: {
      200: {
        description: "A page. In NDJSON each line is an object, and the cursor is in headers.",
        content: { ...json(findingsAnswer), "application/x-ndjson": ocsfFindingSchema },
        headers: { "X-Next-Cursor": "next_cursor, with format=ocsf.", "X-Has-More": "has_more, with format=ocsf." },
      },
      ...REFUSED,
      404: UNKNOWN_KEY,
    },
  },
  {
    method: "get",
    path: "/v1/incidents",
    id: "listIncidents",
    summary: "Incidents as they are now, in the order of recording",
    access,
    query: incidentsQuery,
    answers: { 200: { description: "A page.", content: json(incidentsAnswer) }, ...REFUSED, 404: UNKNOWN_KEY },
  },
  {
    method: "get",
    path: "/v1/keys/{key_id}/usage",
    id: "readUsage",
    summary: "Usage of a key by minute, hour or day, in the order of time",
    access,
    query: usageQuery,
    answers: {
      200: { description: "A page.", content: json(usageAnswer) },
      ...REFUSED,
      404: UNKNOWN_KEY,
    },
  },
  {
    method: "get",
    path: "/v1/openapi.json",
    id: "readDocument",
    summary: "This document",
    access: [],
    answers: { 200: { description: "OpenAPI 3.1.", content: json(z.looseObject({ openapi: z.string() })) } },
  },
];
