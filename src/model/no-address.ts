/** What stands in place of an address, for people and in findings, where a request came without one that can be read: stored as `::`. */
export const NO_ADDRESS = "no address";
