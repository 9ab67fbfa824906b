/** The way from `/` to the page of a key. */
export const keyWay = (keyId: string): string => `keys/${encodeURIComponent(keyId)}`;
/** The same of a network, by its one name. */
export const networkWay = (name: string): string => `networks/${encodeURIComponent(name)}`;
/** The same of an incident. */
export const incidentWay = (incidentId: string): string => `incidents/${encodeURIComponent(incidentId)}`;
/** The same of an owner. */
export const ownerWay = (owner: string): string => `owners/${encodeURIComponent(owner)}`;
