/** What stands in place of an address, for people and in findings, where a request came without one that can be read: stored as `::`. */
export const NO_ADDRESS = "no address";
/** What stands for it among blocks, by itself: in no network, so that what is said of networks never takes it in. */
export const NO_ADDRESS_BLOCK = "::/128";
