/** Memory for bodies that are being received and read. */
export interface BodyBudget {
  /** Takes bytes, or says false when there are not so many left; one body is always let in. */
  readonly take: (bytes: number) => boolean;
  readonly giveBack: (bytes: number) => void;
}

/** A budget of so many bytes. */
export function openBodyBudget(maxBytes: number): BodyBudget {
  let taken = 0;
  return {
    take: (bytes) => {
      if (taken > 0 && taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    giveBack: (bytes) => {
      taken -= bytes;
    },
  };
}
