import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { IdentifyKey } from "../model/key/identify-key.js";
import { parseLeakReports, type LeakReport } from "../model/key/leak-report.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import { isLive, takeLeakReports, type LeakAnswer } from "../pipeline/audit/take-leak-reports.js";
import { judgeAccess, type AccessToken } from "./access.js";
import type { Routes } from "./server.js";
import { takeSmallBodies } from "./small-bodies.js";
import {
  isSignedByGithub,
  mayBeOfGithub,
  type GithubSignature,
  type LeakPublicKeys,
} from "./verify-github-signature.js";

export interface LeaksRouteDeps {
  readonly advance: AdvanceDeps;
  readonly tokens: () => readonly AccessToken[];
  /** Null without a pepper: no key can be told from another. */
  readonly identify: () => IdentifyKey | null;
  /** Keys that GitHub signs with; null when none are configured. */
  readonly publicKeys: () => LeakPublicKeys | null;
  readonly now: () => number;
}

const BODY_LIMIT = 2 ** 20;
const BUDGET_BYTES = 4 * BODY_LIMIT;
const GITHUB = "github";
const BAD_SIGNATURE = "invalid signature";

/**
 * `POST /v1/leaks`: tokens found in public, in GitHub's secret-scanning partner format with its signature, or in the plain form with an
 * admin token. GitHub hears whether a token is a key of ours; only our own people hear who used it and what it cost. No body is read of whom
 * neither an admin token nor the form of a signature, by a key that is known, lets in.
 */
export function leaksRoute(deps: LeaksRouteDeps): Routes {
  return async (server) => {
    server.decorateRequest("reporter", "");
    takeSmallBodies(server, {
      limitBytes: BODY_LIMIT,
      budgetBytes: BUDGET_BYTES,
      sourceOf: (request) => request.getDecorator<string>("reporter"),
    });
    server.addHook("onRequest", async (request, reply) => {
      const refuse = (error: string) => reply.code(401).send({ error });
      const signature = signatureOf(request);
      if (signature === null) {
        const verdict = judgeAccess(deps.tokens(), request.headers.authorization, "admin");
        if (verdict.kind === "granted") return request.setDecorator("reporter", verdict.name);
        if (verdict.status === 401) reply.header("www-authenticate", "Bearer");
        return reply.code(verdict.status).send({ error: verdict.error });
      }
      const keys = deps.publicKeys();
      if (keys === null) return refuse("PLIMSOLL_LEAK_PUBLIC_KEYS_FILE is not set");
      if (!mayBeOfGithub(signature, keys)) return refuse(BAD_SIGNATURE);
      request.setDecorator("reporter", GITHUB);
    });
    server.post("/v1/leaks", async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signature = signatureOf(request);
      if (signature !== null && !isSignedByGithub(body, signature, deps.publicKeys() ?? new Map())) {
        return reply.code(401).send({ error: BAD_SIGNATURE });
      }
      const identify = deps.identify();
      if (identify === null) return reply.code(503).send({ error: "PLIMSOLL_KEY_PEPPER is not set" });
      const now = deps.now();
      const parsed = parseLeakReports(body.toString("utf8"), signature === null ? "plain" : "github", now);
      if ("problems" in parsed) {
        return reply.code(400).send({ error: "no report was accepted", errors: parsed.problems.slice(0, 20) });
      }
      try {
        const reporter = request.getDecorator<string>("reporter");
        const answers = await takeLeakReports(deps.advance, identify, parsed.reports, reporter, now);
        const toJson = signature === null ? plainAnswer : githubAnswer;
        const said = answers.map((answer, i) => toJson(answer, parsed.reports[i]!));
        return await reply.code(200).send(parsed.isList ? said : said[0]);
      } catch (error) {
        request.log.error({ err: error }, "a leak report could not be processed");
        return reply.code(503).header("retry-after", "30").send({ error: "try again" });
      }
    });
  };
}

/** What GitHub's headers say; null without a signature. */
function signatureOf({ headers }: FastifyRequest): GithubSignature | null {
  const text = (value: string | string[] | undefined) => (typeof value === "string" ? value : "");
  const signature = headers["github-public-key-signature"];
  if (signature === undefined) return null;
  return { identifier: text(headers["github-public-key-identifier"]), signature: text(signature) };
}

/** GitHub's feedback format: the token by its SHA-256 in base64, which GitHub can make itself. */
function githubAnswer({ state }: LeakAnswer, { token, kind }: LeakReport): object {
  return {
    token_hash: createHash("sha256").update(token, "utf8").digest("base64"),
    token_type: kind,
    label: state === "unknown" ? "false_positive" : "true_positive",
  };
}

function plainAnswer(answer: LeakAnswer): object {
  const { keyId, key, state, publicSince, isSinceAssumed, used, sources } = answer;
  return {
    known: state !== "unknown",
    live: isLive(state),
    state,
    // What nobody registered or used has no id worth repeating.
    ...(state === "unknown" ? {} : { key_id: keyId, display: key?.display ?? "", owner: key?.owner ?? "" }),
    // Null: the report does not say.
    public_since: isSinceAssumed ? null : new Date(publicSince).toISOString(),
    used_since_public: isSinceAssumed ? null : used.length > 0,
    counted_since: new Date(publicSince).toISOString(),
    used: used.map((one) => ({
      observed_by: one.observedBy,
      requests: one.requests,
      refused: one.refused,
      cost_usd: one.spendMicros / 1e6,
      addresses: one.addresses,
      last_at: new Date(one.lastAt).toISOString(),
    })),
    by: sources.busiest.map((source) => ({
      address: source.address,
      asn: source.asn,
      network_type: source.networkType,
      requests: source.requests,
      cost_usd: source.spendMicros / 1e6,
      user_agents: source.userAgents,
      first_at: new Date(source.firstAt).toISOString(),
    })),
    paged: isLive(state),
  };
}
