import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/** Who asks, for the log: the other end of the connection, and whom a proxy says that it speaks for, which anybody may claim. */
export function whoAsks(request: FastifyRequest): { readonly peer: string; readonly forwardedFor?: string } {
  const claimed = request.headers["x-forwarded-for"];
  return { peer: peerOf(request), ...(claimed === undefined ? {} : { forwardedFor: String(claimed).slice(0, 200) }) };
}

/** Who it is, as far as a trusted proxy says; what is no address, or said by nobody that is trusted, is left out. */
export const peerOf = ({ ip, socket }: FastifyRequest): string =>
  (isIP(ip) === 0 ? (socket.remoteAddress ?? "") : ip).replace(/^::ffff:(?=\d+\.)/, "");
