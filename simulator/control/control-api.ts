import fastify, { type FastifyInstance } from 'fastify';
import type { Estate } from '../estate/model.js';
import type { CommandLog } from '../log/command-log.js';
import type { SimulatorControl } from './control.js';
import { runSimCommand, simHelp } from './sim-command.js';

export interface ControlApiParts {
  readonly control: SimulatorControl;
  readonly estate: Estate;
  readonly log: CommandLog;
}

/**
 * The control API: plain HTTP for a loopback address, without a key.
 * `GET /` help, `/hmcs`, `/estate`, `/log[?after=SEQUENCE]`, `/faults`; `POST /sim` with `{"line": "port-down …"}`.
 */
export function controlApi({ control, estate, log }: ControlApiParts): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });

  // A page in somebody's browser reaches loopback too; it cannot fake the Host header.
  app.addHook('onRequest', async (request, reply) => {
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
      await reply.code(403).send({ error: 'only for this machine' });
    }
  });

  app.get('/', (_request, reply) =>
    reply
      .type('text/plain')
      .send(`GET /hmcs /estate /log?after=SEQUENCE /faults\nPOST /sim {"line": "VERB …"}\n\n${simHelp()}`),
  );
  app.get('/hmcs', () => control.describeHmcs());
  app.get('/estate', () => estate);
  app.get('/faults', () => control.listFaults());
  app.get<{ Querystring: { after?: number } }>(
    '/log',
    { schema: { querystring: { type: 'object', properties: { after: { type: 'integer', minimum: 0 } } } } },
    ({ query }) => log.entries.filter((entry) => entry.sequence > (query.after ?? 0)),
  );
  app.post<{ Body: { line: string } }>(
    '/sim',
    { schema: { body: { type: 'object', required: ['line'], properties: { line: { type: 'string' } } } } },
    async ({ body }, reply) => {
      const output = await runSimCommand(control, `sim ${body.line}`);
      if (!output || output.exitStatus !== 0) return reply.code(400).send({ error: output?.stderr ?? 'nothing to do' });
      return output.stdout === '' ? { done: body.line } : reply.type('application/json').send(output.stdout);
    },
  );
  return app;
}
