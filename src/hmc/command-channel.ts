import type { Client, ClientChannel } from 'ssh2';

/*
 * Between the channel and the command.
 *
 * `Client.exec()` of ssh2 asks for a channel and, whenever the HMC confirms it, writes the exec request in the same
 * breath: with a late confirmation the command still runs long after the caller has given up (ssh2 1.17: one
 * that had been given up after 200 ms ran at 706 ms), and there is no place for a last look at the lease. So
 * the two halves of `exec()` are done here, one by one, with the same calls that ssh2's own lib/client.js
 * makes (`openChannel`, `reqExec`):
 *
 *   1. openChannel      asks for a session channel and waits for the confirmation; gives up at a deadline
 *   2. (the caller)     asks its last question, however long that takes
 *   3. requestExec      writes the exec request, synchronously
 *
 * Whatever happens before 3 has surely not started anything: nobody but requestExec writes an exec request, and a
 * confirmation that comes too late only closes its channel.
 *
 * These members of ssh2 are not part of its documented interface. They are named in the two interfaces
 * below, looked for before they are used, and every test of test/hmc goes through them; look here
 * first when ssh2 changes its version.
 */
interface ClientInternals {
  readonly _chanMgr?: {
    add(opened: ((failure: Error | undefined, channel?: ClientChannel) => void) & { type?: string }): number;
  };
  readonly _protocol?: {
    session(localChannel: number, initialWindow: number, maxPacket: number): void;
    exec(remoteChannel: number, command: string, wantReply: boolean): void;
  };
}
interface ChannelInternals {
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly incoming: { readonly state: string };
  readonly _callbacks: ((refused: unknown) => void)[];
}

/** Window and packet size of a channel in bytes, as lib/Channel.js has them. */
const WINDOW_BYTES = 2 * 1024 * 1024;
const PACKET_BYTES = 32 * 1024;

export type ChannelOpening =
  | { readonly kind: 'open'; readonly channel: ClientChannel }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'timed-out' };

/** Asks for a session channel. A confirmation after `deadlineMs` closes the channel again and nothing else. */
export function openChannel(client: Client, deadlineMs: number): Promise<ChannelOpening> {
  const { _chanMgr: channels, _protocol: protocol } = internalsOf(client);
  return new Promise((resolve) => {
    let over = false;
    const finish = (opening: ChannelOpening): void => {
      over = true;
      clearTimeout(timer);
      resolve(opening);
    };
    const timer = setTimeout(() => finish({ kind: 'timed-out' }), deadlineMs);
    const opened = Object.assign(
      (failure: Error | undefined, channel?: ClientChannel) => {
        if (over) channel?.close();
        else if (channel) finish({ kind: 'open', channel });
        else finish({ kind: 'refused', message: failure?.message ?? 'the channel was refused' });
      },
      { type: 'session' },
    );
    const localChannel = channels.add(opened);
    if (localChannel === -1) finish({ kind: 'refused', message: 'no free channel number' });
    else protocol.session(localChannel, WINDOW_BYTES, PACKET_BYTES);
  });
}

/**
 * Writes the exec request. Returns false when the channel is closed already and nothing was written. `refused` is
 * called when the HMC answers that it will not run the command.
 */
export function requestExec(client: Client, channel: ClientChannel, command: string, refused: () => void): boolean {
  const { _protocol: protocol } = internalsOf(client);
  const { outgoing, _callbacks: replies } = channel as unknown as ChannelInternals;
  if (outgoing.state !== 'open') return false;
  replies.push((refusal) => {
    if (refusal) refused();
  });
  protocol.exec(outgoing.id, command, true);
  return true;
}

/** Whether the HMC itself has closed the channel: then all that it had to say has arrived. */
export function closedByHmc(channel: ClientChannel): boolean {
  return (channel as unknown as ChannelInternals).incoming.state === 'closed';
}

function internalsOf(client: Client): Required<ClientInternals> {
  const { _chanMgr, _protocol } = client as unknown as ClientInternals;
  if (
    typeof _chanMgr?.add !== 'function' ||
    typeof _protocol?.session !== 'function' ||
    typeof _protocol.exec !== 'function'
  ) {
    throw new Error('This version of ssh2 keeps its channels elsewhere: see src/hmc/command-channel.ts');
  }
  return { _chanMgr, _protocol };
}
