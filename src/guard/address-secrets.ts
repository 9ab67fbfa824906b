/** Shorter parts of an address are words like `services`. */
const LEAST_SECRET = 8;

/** The forms in which an address may be echoed: whole, and each part of it that may be a secret. A host of one word is left: `kong` is what Kong calls itself. */
export function addressSecrets(url: URL): readonly string[] {
  const parts = [...url.pathname.split("/"), ...url.searchParams.values()].filter(
    ({ length }) => length >= LEAST_SECRET,
  );
  const way = `${url.pathname}${url.search}`;
  const hosts = /[.:]/.test(url.hostname) ? [url.host, url.hostname] : [];
  return [url.href, url.origin, ...hosts, ...(way.length > 1 ? [way] : []), ...parts];
}
