interface PortAddress {
  readonly adapterId: number;
  readonly physicalPortId: number;
}

export function isOnSamePort(a: PortAddress, b: PortAddress): boolean {
  return a.adapterId === b.adapterId && a.physicalPortId === b.physicalPortId;
}

export function portText({ adapterId, physicalPortId }: PortAddress): string {
  return `adapter ${adapterId} port ${physicalPortId}`;
}
