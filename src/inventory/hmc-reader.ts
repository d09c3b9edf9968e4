import type { HmcCommand } from '../core/hmc-language/command.js';
import { HmcOutputError } from '../core/hmc-language/hmc-output-error.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import { problemOfCommandEnd } from '../hmc/command-problem.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import { ProblemError } from '../http/problem-error.js';
import { SingleFlight, type Flight, type Sharing } from './single-flight.js';

/**
 * Runs the commands that only read, and hands back what the output says. The same command line for the same HMC, while
 * it is in flight, is one command and one parse. Every failure is a ProblemError.
 */
export class HmcReader {
  private readonly flights = new SingleFlight();

  /** `deadlineMs`: how long one read may run (HMC_READ_TIMEOUT_SECONDS). */
  constructor(
    private readonly connections: HmcConnections,
    private readonly deadlineMs: number,
  ) {}

  /** Address and user of an HMC. */
  login(hmcId: string): { readonly host: string; readonly username: string } {
    return this.connections.login(hmcId);
  }

  /**
   * `parse` gets the standard output of exit 0 and must be the same for the same command line.
   */
  read<T>(hmcId: string, command: HmcCommand, parse: (stdout: string) => T, sharing: Sharing): Flight<T> {
    const line = renderCommand(command);
    return this.flights.join(`${hmcId}\n${line}`, sharing, async () => {
      const end = await this.connections.run(hmcId, line, { kind: 'read', deadlineMs: this.deadlineMs });
      if (end.kind !== 'exited' || end.exitStatus !== 0) throw problemOfCommandEnd(end, { hmcId, command: line });
      try {
        return parse(end.stdout);
      } catch (error) {
        if (error instanceof HmcOutputError) throw outputProblem(error, hmcId, line);
        throw error;
      }
    });
  }
}

function outputProblem(error: HmcOutputError, hmcId: string, command: string): ProblemError {
  return new ProblemError(
    {
      type: 'hmc-output-not-understood',
      detail: `HMC ${hmcId} printed something that could not be understood. ${error.message}`,
      members: { hmc: hmcId, command, excerpt: error.line, retryable: false },
    },
    { cause: error },
  );
}
