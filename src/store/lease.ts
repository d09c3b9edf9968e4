/** One ownership of one lane. */
export interface Lease {
  readonly mtms: string;
  readonly epoch: number;
}

/** The lane has another owner now: stop at once, write nothing, send nothing. */
export class LeaseLost extends Error {
  constructor(mtms: string, epoch: number) {
    super(`the lease of lane ${mtms} (epoch ${epoch}) is over`);
    this.name = 'LeaseLost';
  }
}
