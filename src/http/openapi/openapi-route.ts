import type { Routes } from "../server.js";
import { openApiDocument } from "./document.js";

/** `GET /v1/openapi.json`: what the routes of `/v1` take and answer, for everybody, since it says nothing of anybody's keys. */
export function openApiRoute(): Routes {
  let text: string | null = null;
  return async (server) => {
    server.get("/v1/openapi.json", async (_request, reply) =>
      reply.type("application/json").send((text ??= JSON.stringify(openApiDocument()))),
    );
  };
}
