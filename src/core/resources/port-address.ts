export interface PortAddress {
  readonly adapterId: number;
  readonly physicalPortId: number;
}

/** A logical port that is not configured is on no physical port (null), and so on the same as none. */
export function isOnSamePort(
  a: { readonly adapterId: number; readonly physicalPortId: number | null },
  b: PortAddress,
): boolean {
  return a.adapterId === b.adapterId && a.physicalPortId === b.physicalPortId;
}

export function portText({ adapterId, physicalPortId }: PortAddress): string {
  return `adapter ${adapterId} port ${physicalPortId}`;
}
