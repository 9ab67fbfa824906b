/** The way from `/` to the page of a key. */
export const keyWay = (keyId: string): string => `keys/${encodeURIComponent(keyId)}`;
