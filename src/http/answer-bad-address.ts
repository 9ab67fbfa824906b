import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** A page with its headers that says of an address what is wrong with it: what browsers are answered in place of JSON. */
export type BadAddressPage = (
  problem: string,
  path: string,
) => { readonly page: string; readonly headers: Readonly<Record<string, string>> };

const PROBLEMS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: "the address holds a % that begins no character of UTF-8: write %25 for the sign itself",
  FST_ERR_MAX_PARAM_LENGTH: "a part of the address is longer than any id",
};

/** Answers what no route is asked for, because its address cannot be read: as everything else, a browser by a page, programs in JSON. */
export function answerBadAddress(toPage?: BadAddressPage) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = PROBLEMS[error.code] ?? "the request cannot be read";
    reply.code(error.statusCode ?? 400);
    const isBrowser = request.headers.accept?.includes("text/html") === true;
    if (toPage === undefined || !isBrowser) return void reply.send({ error: problem });
    const { page, headers } = toPage(problem, request.url);
    void reply.headers(headers).type("text/html; charset=utf-8").send(page);
  };
}
