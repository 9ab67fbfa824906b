import type { AddressInfo } from "node:net";
import { fastify } from "fastify";
import { accessToken, judgeAccess } from "../../../src/http/access.js";

// A route that checks the token and does nothing else: `node bare-server.js <token>`; tells its port to its parent.
const tokens = [accessToken("bench", "ingest", process.argv[2] ?? "")];
const server = fastify();
server.removeAllContentTypeParsers();
server.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: unknown) => body);
server.post("/v1/events", async (request, reply) => {
  const verdict = judgeAccess(tokens, request.headers.authorization, "ingest");
  return verdict.kind === "granted" ? reply.code(202).send({ accepted: 1 }) : reply.code(verdict.status).send({});
});
await server.listen({ host: "127.0.0.1", port: 0 });
process.send?.((server.server.address() as AddressInfo).port);
process.once("disconnect", () => process.exit());
