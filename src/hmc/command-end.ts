/**
 * How one command ended, seen from our side of the SSH connection. The three are never mixed up:
 * - `exited`: the HMC said an exit status; both streams are complete.
 * - `never-started`: the exec request was not written AND that connection has been destroyed, or the caller's last
 *   check said no. Only such a change may be sent again.
 * - `unknown`: it may have run, may be running, may never have begun.
 */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly exitStatus: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'never-started'; readonly reason: NeverStartedReason; readonly message: string }
  | {
      readonly kind: 'unknown';
      readonly reason: UnknownReason;
      readonly message: string;
      readonly stdout: string;
      readonly stderr: string;
    };

export type NeverStartedReason =
  | 'unreachable' // no TCP connection, DNS, refused, handshake failed
  | 'authentication-failed' // the HMC refused our login; the lock-out guard is now closed
  | 'locked-out' // the guard is closed: an earlier authentication failed, nothing was tried
  | 'host-key-refused' // the key shown is not pinned; the message carries its fingerprint
  | 'circuit-open' // too many failures just now, nothing was tried
  | 'channel-refused' // open failed, and the connection has been destroyed
  | 'channel-timeout' // the channel was not confirmed in time, and the connection has been destroyed
  | 'refused-by-caller' // beforeExec said no (the lease is over)
  | 'closing'; // the service is shutting down

export type UnknownReason =
  | 'timed-out' // the deadline passed; the command may still be running
  | 'lost' // the connection went away
  | 'no-exit-status' // the channel closed without an exit status (a signal, a crash)
  | 'output-too-large'; // the cap was reached; the rest was not read
