import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

/** Members that never reach the log, wherever they stand in the first two levels of what is logged. */
const SECRETS = ['authorization', 'password', 'passphrase', 'privateKey', 'credential', 'redisUrl'];

/** JSON lines, one an event, on standard output unless told otherwise. Times are ISO 8601 UTC. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Nest's logging interface on pino. The last text that follows a message is Nest's context (the class); an object in
 * place of a message brings its members, with the text that follows as the message.
 */
export class PinoNestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const texts = rest.filter((item) => typeof item === 'string');
    const context = texts.pop();
    const extra = context === undefined ? {} : { context };
    if (message instanceof Error) {
      this.logger[level]({ ...extra, err: message }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      this.logger[level]({ ...extra, ...message }, texts.join(' '));
    } else {
      // What is left is a stack, which Nest's own classes give as a text.
      this.logger[level](texts.length === 0 ? extra : { ...extra, stack: texts.join('\n') }, String(message));
    }
  }
}
