import type { Store } from "../../src/store/store.js";

/** What is done around a call of a function of the store, by the function's name. */
export type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>;

/** A store of which every call goes through `around`. */
export function observeStore(store: Store, around: Around): Store {
  return observed(store, around);
}

/** A store that tells how many milliseconds each call took. */
export function timeStore(store: Store, note: (name: string, ms: number) => void): Store {
  return observeStore(store, async (name, call) => {
    const startedAt = performance.now();
    try {
      return await call();
    } finally {
      note(name, performance.now() - startedAt);
    }
  });
}

function observed<Part extends object>(part: Part, around: Around): Part {
  return new Proxy(part, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === "client" || typeof name !== "string") return value;
      if (typeof value === "object" && value !== null) return observed(value, around);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => around(name, async () => Reflect.apply(value, target, args) as unknown);
    },
  });
}
