import type { HmcCommand } from '../core/hmc-language/command.js';
import { HmcOutputError } from '../core/hmc-language/hmc-output-error.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import { problemOfCommandEnd } from '../hmc/command-problem.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import { ProblemError } from '../http/problem-error.js';
import { SLOW_READ_MS } from './first-answer.js';
import { SingleFlight, type Flight, type Sharing } from './single-flight.js';

/**
 * Runs the commands that only read, and hands back what the output says. The same command line for the same HMC, while
 * it is in flight, is one command. Every failure is a ProblemError.
 */
export class HmcReader {
  private readonly flights = new SingleFlight<Output>();
  private readonly underWay = new Map<string, UnderWay>();

  /**
   * `deadlineMs`: how long one read may run (HMC_READ_TIMEOUT_SECONDS). `slowMs`: after so long
   * without an answer another HMC is asked.
   */
  constructor(
    private readonly connections: HmcConnections,
    readonly deadlineMs: number,
    readonly slowMs: number = SLOW_READ_MS,
  ) {}

  /**
   * The same HMCs in the order in which to ask them: those last that cannot be reached, whose latest read got no
   * answer, or that have answered none of the reads under way for longer than `slowMs`. They prove themselves when the
   * list of their systems is read again, or where nobody else can be asked.
   */
  inOrder(hmcIds: readonly string[]): readonly string[] {
    const isDoubtful = (hmcId: string): boolean =>
      this.isSilent(hmcId) || this.connections.reachability(hmcId).reachable === false;
    return [...hmcIds.filter((hmcId) => !isDoubtful(hmcId)), ...hmcIds.filter(isDoubtful)];
  }

  /** Whether reads are under way on this HMC and none of them was answered for so long. */
  isSilent(hmcId: string, forMs = this.slowMs): boolean {
    const underWay = this.underWay.get(hmcId);
    return underWay !== undefined && underWay.count > 0 && performance.now() - underWay.silentSince >= forMs;
  }

  /** Whether this HMC stands in the configuration: a job may have been run by one that does not any more. */
  isConfigured(hmcId: string): boolean {
    return this.connections.hmcIds().includes(hmcId);
  }

  /** Address and user of an HMC. */
  login(hmcId: string): { readonly host: string; readonly username: string } {
    return this.connections.login(hmcId);
  }

  /** `parse` gets the standard output of exit 0, which all who ask for the same at the same time share. */
  read<T>(hmcId: string, command: HmcCommand, parse: Parse<T>, sharing: Sharing): Flight<T> {
    const line = renderCommand(command);
    const flight = this.flights.join(`${hmcId}\n${line}`, sharing, async () => {
      const end = await this.run(hmcId, line);
      if (end.kind !== 'exited' || end.exitStatus !== 0) {
        throw problemOfCommandEnd(end, { kind: 'read', hmcId, command: line });
      }
      return new Output(end);
    });
    const parsed = async (): Promise<T> => {
      const output = await flight.value;
      try {
        return output.parsedBy(parse);
      } catch (error) {
        if (error instanceof HmcOutputError) throw outputProblem(error, hmcId, line);
        throw error;
      }
    };
    return { startedAt: flight.startedAt, value: parsed() };
  }

  private async run(hmcId: string, line: string): Promise<CommandEnd> {
    const underWay = this.underWay.get(hmcId) ?? { count: 0, silentSince: 0 };
    this.underWay.set(hmcId, underWay);
    if (underWay.count === 0) underWay.silentSince = performance.now();
    underWay.count += 1;
    try {
      const end = await this.connections.run(hmcId, line, { kind: 'read', deadlineMs: this.deadlineMs });
      if (end.kind === 'exited') underWay.silentSince = performance.now();
      return end;
    } finally {
      underWay.count -= 1;
    }
  }
}

type Parse<T> = (stdout: string) => T;

/** What an HMC has printed at exit 0. A crowd that asks for the same, by the same parser, costs one parse. */
class Output {
  private readonly parsed = new Map<Parse<unknown>, unknown>();

  constructor(private readonly printed: { readonly stdout: string; readonly stderr: string }) {}

  /** @throws HmcOutputError */
  parsedBy<T>(parse: Parse<T>): T {
    if (!this.parsed.has(parse)) {
      refuseUnlisted(this.printed);
      this.parsed.set(parse, parse(this.printed.stdout));
    }
    // The same parser gives the same type.
    return this.parsed.get(parse) as T;
  }
}

/** The reads that one HMC has not answered yet. */
interface UnderWay {
  count: number;
  /** When the first of them was sent, or another was answered; a moment of `performance.now()`. */
  silentSince: number;
}

/**
 * Words on standard error alone are a message that was not understood (INFERRED: none was seen at exit 0); beside what
 * belongs on standard output they are a warning. Whether no output at all is an answer, the parser knows: it is not for
 * a listing of the HMC (core/hmc-language/records.ts).
 */
function refuseUnlisted({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): void {
  if (stdout.trim() === '' && stderr.trim() !== '') {
    throw new HmcOutputError('The HMC printed nothing but a message on standard error', stderr.trim());
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
