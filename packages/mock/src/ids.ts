/** Ids as DingTalk has them: of ten digits, some above 2^32, with gaps, and in no order. The same seed gives the same ids. */
export interface Ids {
  /** A new id; `first`, if it is still free. */
  take(first?: number): number;
  /** Keeps an id from being taken. Returns whether it was free. */
  reserve(id: number): boolean;
}

const LOWEST = 1_000_000_000;
const HIGHEST = 9_999_999_999;

export function createIds(seed: number): Ids {
  const taken = new Set<number>();
  let state = seed;

  /** Mulberry32, a generator of pseudorandom numbers from 0 to 1. */
  function draw(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function reserve(id: number): boolean {
    const isFree = !taken.has(id);
    taken.add(id);
    return isFree;
  }

  return {
    take(first) {
      if (first !== undefined && reserve(first)) return first;
      for (;;) {
        const id = LOWEST + Math.floor(draw() * (HIGHEST - LOWEST));
        if (reserve(id)) return id;
      }
    },
    reserve,
  };
}
