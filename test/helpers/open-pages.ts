import { createHash } from "node:crypto";
import { openServer, type Server } from "../../src/http/server.js";
import { openLog } from "../../src/log.js";
import type { AdvanceDeps } from "../../src/pipeline/record-step.js";
import { pagesRoute } from "../../src/web/pages-route.js";
import { isThisMachine, openSessions } from "../../src/web/session.js";

export interface PagesWish {
  readonly advance: AdvanceDeps;
  /** Tokens that may look. */
  readonly read?: readonly string[];
  /** Tokens that may act. */
  readonly admin?: readonly string[];
  readonly now?: () => number;
}

/** The pages as `serve` shows them, on a port of their own; without tokens they are open to this machine. */
export async function openPages({ advance, read = [], admin = [], now = Date.now }: PagesWish): Promise<Server> {
  const tokens = [...read, ...admin].map((token) => ({
    digest: createHash("sha256").update(token).digest(),
    mayAct: admin.includes(token),
  }));
  return openServer({
    log: openLog("silent"),
    host: "127.0.0.1",
    port: 0,
    routes: [
      pagesRoute({
        advance,
        sessions: openSessions(() => tokens, false),
        isOpen: (host) => tokens.length === 0 && isThisMachine(host),
        now,
      }),
    ],
  });
}
