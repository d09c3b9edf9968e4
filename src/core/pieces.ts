/** Work that may take long: it stops after each piece, so that whoever does it can do something else in between. */
export type Pieces<T> = Generator<void, T, void>;

/** All of it in one go. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
