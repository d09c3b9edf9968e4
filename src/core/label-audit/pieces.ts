/** Work that may take long: it stops after each piece, so that whoever does it can do something else in between. */
export type Pieces<T> = Generator<void, T, void>;
