/** What one body may hold in memory, until it is answered. */
export interface BodyAccount {
  /** Takes bytes, or says false when there are not so many left for its source. */
  readonly charge: (bytes: number) => boolean;
  /** Gives back all that was taken; more than once is once. */
  readonly close: () => void;
}

/** Memory for bodies that are being received and read, of which no source can take all. */
export interface BodyBudget {
  /** An account with so many bytes to begin with; null when there is no room for them. */
  readonly open: (source: string, bytes: number) => BodyAccount | null;
}

/** Of the budget, for one source while it has more than one body under way. */
const SHARE = 1 / 4;
/** What a body takes besides its bytes: its connection's buffers, and the state of what unpacks it. */
const OVERHEAD_BYTES = 8 * 1024;

/**
 * A budget of so many bytes. The oldest body of a source is never refused: so every source always gets on, others can take nothing from it,
 * and what is held stays below the budget and one body for each source.
 */
export function openBodyBudget(maxBytes: number): BodyBudget {
  const sources = new Map<string, { held: number; readonly bodies: Set<object> }>();
  let total = 0;
  return {
    open(source, bytes) {
      const known = sources.get(source) ?? { held: 0, bodies: new Set() };
      sources.set(source, known);
      const body = {};
      let taken = 0;
      known.bodies.add(body);
      const charge = (more: number): boolean => {
        const [oldest] = known.bodies;
        const fits = known.held + more <= maxBytes * SHARE && total + more <= maxBytes;
        if (!fits && oldest !== body) return false;
        known.held += more;
        total += more;
        taken += more;
        return true;
      };
      const close = (): void => {
        if (!known.bodies.delete(body)) return;
        known.held -= taken;
        total -= taken;
        if (known.bodies.size === 0) sources.delete(source);
      };
      if (charge(bytes + OVERHEAD_BYTES)) return { charge, close };
      close();
      return null;
    },
  };
}
