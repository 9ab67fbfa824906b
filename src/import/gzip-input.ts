/** Of a header: its fixed part, and the flags of what follows that. */
const FIXED = 10;
const [HAS_SUM, HAS_EXTRA, HAS_NAME, HAS_COMMENT] = [2, 4, 8, 16] as const;
const MARK = [0x1f, 0x8b, 8] as const;
const NO_BYTES = Buffer.alloc(0);

/** Packed bytes as they come, of which some are looked at before they are taken. */
export class GzipInput {
  readonly #packed: AsyncGenerator<Buffer>;
  #held: Buffer = NO_BYTES;

  constructor(packed: AsyncGenerator<Buffer>) {
    this.#packed = packed;
  }

  /** Up to so many bytes, which stay; none at the end. */
  async peek(most: number): Promise<Buffer> {
    if (this.#held.length === 0) await this.#fill(1);
    return this.#held.subarray(0, most);
  }

  /** Leaves bytes that were looked at behind. */
  pass(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
  }

  /** So many bytes; fewer at the end. */
  async take(bytes: number): Promise<Buffer> {
    await this.#fill(bytes);
    const taken = this.#held.subarray(0, bytes);
    this.pass(taken.length);
    return taken;
  }

  /** Takes the header of a member. Zero bytes behind a member are padding; an end within a header is one of the whole. */
  async passHeader(isFirst: boolean): Promise<"begun" | "none" | "end"> {
    if (!isFirst) await this.#passZeros();
    const fixed = await this.take(FIXED);
    if (fixed.length === 0) return isFirst ? "none" : "end";
    if (MARK.some((byte, at) => at < fixed.length && fixed[at] !== byte)) return "none";
    if (fixed.length < FIXED) return "begun";
    const flags = fixed[3]!;
    if ((flags & HAS_EXTRA) > 0) {
      const length = await this.take(2);
      if (length.length === 2) await this.take(length.readUInt16LE());
    }
    if ((flags & HAS_NAME) > 0) await this.#passText();
    if ((flags & HAS_COMMENT) > 0) await this.#passText();
    if ((flags & HAS_SUM) > 0) await this.take(2);
    return "begun";
  }

  async #passZeros(): Promise<void> {
    while ((await this.peek(1))[0] === 0) {
      const end = this.#held.findIndex((byte) => byte !== 0);
      this.pass(end < 0 ? this.#held.length : end);
    }
  }

  /** A text ends in a zero byte. */
  async #passText(): Promise<void> {
    while ((await this.peek(1)).length > 0) {
      const end = this.#held.indexOf(0);
      this.pass(end < 0 ? this.#held.length : end + 1);
      if (end >= 0) return;
    }
  }

  async #fill(least: number): Promise<void> {
    while (this.#held.length < least) {
      const next = await this.#packed.next();
      if (next.done === true) return;
      this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    }
  }
}
