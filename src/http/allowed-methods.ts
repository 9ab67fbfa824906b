import type { FastifyInstance } from "fastify";

/** Which methods a path takes, in order: none where no route is for it. */
export type AllowedMethods = (path: string) => readonly string[];

/** Remembers the routes that are registered from now on. What takes any path stands for none. */
export function watchMethods(server: FastifyInstance): AllowedMethods {
  const methodsOf = new Map<string, Set<string>>();
  server.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*")) return;
    const methods = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsOf.set(url, methods);
  });
  return (path) => {
    const parts = path.split("/");
    const found = new Set<string>();
    for (const [url, methods] of methodsOf)
      if (isPathOf(url.split("/"), parts)) for (const one of methods) found.add(one);
    return [...found].toSorted();
  };
}

function isPathOf(route: readonly string[], parts: readonly string[]): boolean {
  if (route.length !== parts.length) return false;
  return route.every((one, at) => (one.startsWith(":") ? parts[at] !== "" : one === parts[at]));
}
