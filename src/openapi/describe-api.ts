import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { stringify } from 'yaml';
import { AppModule } from '../app.module.js';
import type { ServiceConfig } from '../config/service-config.js';
import { buildOpenApiDocument } from '../http/openapi-document.js';

/**
 * The document that the service serves at /openapi.json, as YAML. Needs no Redis, no HMC and no configuration: in
 * Nest's preview mode nothing but the controllers' decorators is looked at.
 */
export async function describeApi(): Promise<string> {
  const nothing = {} as ServiceConfig;
  const app = await NestFactory.create(AppModule.of(nothing, '', null, []), new FastifyAdapter(), {
    preview: true,
    logger: ['error'],
    abortOnError: false,
  });
  return toYaml(buildOpenApiDocument(app));
}

/** Members keep their order, long texts stay in one line, nothing is abbreviated by an anchor. */
export function toYaml(document: object): string {
  // Through JSON, as it is served: members that are undefined go away.
  const served: unknown = JSON.parse(JSON.stringify(document));
  return stringify(served, { lineWidth: 0, aliasDuplicateObjects: false });
}
