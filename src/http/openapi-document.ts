import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TYPES, type ProblemType } from '../core/problem-type.js';
import { inOrder } from './openapi-order.js';
import { toProblemDocument } from './problem-document.js';
import { PROBLEM_EXAMPLES } from './problem-examples.js';
import { SERVICE_VERSION } from './service-version.js';

const DESCRIPTION = `
Day-2 work on SR-IOV vNICs with failover, in front of many IBM Power HMCs: see adapters, ports, vNICs and who is active;
create vNICs, add and remove backing devices, change priorities, make a device active, label ports.

- **Authorise** with an API key (\`Authorization: Bearer KEY\`; here: the button *Authorize*). The role \`viewer\` reads,
  \`operator\` also changes vNICs, labels and jobs, \`admin\` also pauses lanes, migrates and forces.
- **Try first**: with \`?dryRun=true\` a change answers **200** with the exact HMC commands, and sends none.
- **A change is a job**: **202** and the job; poll \`GET /v1/jobs/{jobId}\`, or send \`Prefer: wait=60\` and get it when it
  is over. Read \`state\`: \`succeeded\`, \`failed\`, \`indeterminate\` (nobody can say whether the change was made). The
  result is what the HMC shows afterwards. Changes of one managed system run one after the other.
- **Repeat safely** with an \`Idempotency-Key\`, and change only what you have seen with \`If-Match\`.
- **Errors** are problem documents (RFC 9457) with a stable \`type\`, and with the HMC's own words where it spoke. Besides
  those listed, any call can be answered with 404, 405, 408, 413, 414, 415 or 431 when it is no call of this API.
`.trim();

/** In the order in which Swagger UI shows them: that of an engineer's work. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['Managed systems', 'Power frames, merged over all HMCs by type-model*serial.'],
  ['Partitions', 'Partitions and Virtual I/O Servers.'],
  ['SR-IOV', 'Adapters, physical ports with their labels, logical ports.'],
  ['vNICs', 'vNICs, and who carries their traffic.'],
  ['Backing devices', 'Add, remove, prioritise and activate the backing devices of a vNIC.'],
  ['Migrations', 'Live Partition Mobility of partitions with vNICs.'],
  ['Jobs', 'What became of each change.'],
  ['Lanes', 'The line of jobs of one managed system.'],
  ['HMCs', 'The consoles, and whether they can be reached.'],
  ['Health', 'For probes. Needs no key.'],
];

/** Describes every operation of the application, always in the same order. */
export function buildOpenApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('hmc-vnic-gateway')
    .setDescription(DESCRIPTION)
    .setVersion(SERVICE_VERSION)
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'This service')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'An API key of this service.' },
      'apiKey',
    )
    .addSecurityRequirements('apiKey');
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), { autoTagControllers: false });
  document.components = { ...document.components, examples: problemExamples(document.paths) };
  return inOrder(document);
}

/** One example for each type of problem that ApiProblems points to. */
function problemExamples(paths: OpenAPIObject['paths']): Record<string, { summary: string; value: unknown }> {
  const references = JSON.stringify(paths);
  const types = (Object.keys(PROBLEM_EXAMPLES) as ProblemType[]).filter((type) =>
    references.includes(`"#/components/examples/${type}"`),
  );
  return Object.fromEntries(
    types.map((type) => [
      type,
      { summary: PROBLEM_TYPES[type].title, value: toProblemDocument({ type, ...PROBLEM_EXAMPLES[type] }) },
    ]),
  );
}

/** Serves Swagger UI at /docs, from files of our own, and the document at /openapi.json. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, buildOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'hmc-vnic-gateway',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      // Nobody outside is asked whether the document is valid.
      validatorUrl: null,
    },
  });
}
