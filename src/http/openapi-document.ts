import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SERVICE_VERSION } from './service-version.js';

const DESCRIPTION = `
Day-2 work on SR-IOV vNICs with failover, in front of many IBM Power HMCs.

A change answers **202** with a job: poll \`GET /v1/jobs/{id}\`, or send \`Prefer: wait=60\`. With \`?dryRun=true\` it
answers **200** with the exact HMC commands and runs none. Changes of one managed system run one after the other, in the
order in which they were accepted. Errors are problem documents (RFC 9457) with a stable \`type\`.

Authorise with an API key: \`Authorization: Bearer KEY\`. Roles: \`viewer\` reads, \`operator\` also changes, \`admin\`
also pauses lanes and forces.
`.trim();

/** In the order in which Swagger UI shows them. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['Managed systems', 'Power frames, merged over all HMCs by type-model*serial.'],
  ['Partitions', 'Partitions and Virtual I/O Servers.'],
  ['SR-IOV', 'Adapters, physical ports with their labels, logical ports.'],
  ['vNICs', 'vNICs, and who is active.'],
  ['Backing devices', 'Add, remove, prioritise and activate the backing devices of a vNIC.'],
  ['Jobs', 'What became of each change.'],
  ['Lanes', 'The line of jobs of one managed system.'],
  ['HMCs', 'The consoles, and whether they can be reached.'],
  ['Health', 'For probes.'],
];

/** Describes every operation of the application. */
export function buildOpenApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('hmc-vnic-gateway')
    .setDescription(DESCRIPTION)
    .setVersion(SERVICE_VERSION)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key of this service.' }, 'apiKey')
    .addSecurityRequirements('apiKey');
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return SwaggerModule.createDocument(app, builder.build());
}

/** Serves Swagger UI at /docs, from files of our own, and the document at /openapi.json. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, buildOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'hmc-vnic-gateway',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
