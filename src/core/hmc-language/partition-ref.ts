/** A partition as commands and other records name it. */
export interface PartitionRef {
  readonly name: string;
  readonly id: number;
}
