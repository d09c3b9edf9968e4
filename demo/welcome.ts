export interface Running {
  readonly serviceUrl: string;
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly logFiles: readonly string[];
}

const SYSTEM = 'reptilian-9119-MME-65BA46F';

/** What somebody who has just started the demo wants to know. Every line of it can be pasted into a shell. */
export function welcome({ serviceUrl, controlUrl, apiKey, logFiles }: Running): string {
  const sim = (line: string): string =>
    `  curl -s ${controlUrl}/sim -H 'Content-Type: application/json' -d '{"line": "${line}"}'`;
  return [
    '',
    'hmc-vnic-gateway with two simulated HMCs; no real machine is touched.',
    '',
    `  Swagger UI   ${serviceUrl}/docs`,
    `  API key      ${apiKey}`,
    '               ("Authorize" in Swagger UI; its role is admin)',
    '',
    'A first call, and a first change, which waits for its end:',
    '',
    `  export URL=${serviceUrl} KEY=${apiKey}`,
    `  curl -s -H "Authorization: Bearer $KEY" $URL/v1/managed-systems/${SYSTEM}/sriov/adapters`,
    `  curl -s -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -H 'Prefer: wait=30' \\`,
    `    $URL/v1/managed-systems/${SYSTEM}/partitions/lizard/vnics -d '{`,
    '      "portVlanId": 3455, "autoPriorityFailover": true, "backingDevices": [',
    '        { "virtualIoServer": { "name": "vios1" }, "adapterId": 1, "physicalPortId": 1, "capacity": 2, "failoverPriority": 10 },',
    '        { "virtualIoServer": { "name": "vios2" }, "adapterId": 4, "physicalPortId": 1, "capacity": 2, "failoverPriority": 20 } ] }\'',
    '',
    'Take a Virtual I/O Server down and watch the failover; bring it up again; see what else the simulator can do, and',
    'every command that reached it:',
    '',
    sim(`vios-down ${SYSTEM} vios1`),
    `  curl -s -H "Authorization: Bearer $KEY" $URL/v1/managed-systems/${SYSTEM}/partitions/lizard/vnics/6/failover`,
    sim(`vios-up ${SYSTEM} vios1`),
    `  curl -s ${controlUrl}`,
    `  curl -s ${controlUrl}/log`,
    '',
    `Logs: ${logFiles.join(', ')}`,
    'Ctrl-C stops everything. The next start has a new key, and the estate as it was.',
    '',
    '',
  ].join('\n');
}
