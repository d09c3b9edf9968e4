import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC, REQUIRED_ROLE } from './access.decorators.js';

/**
 * Stops the start when a handler that changes something does not say who may call it, or when one under /v1 is open to
 * everybody: forgetting a decorator must not become a hole.
 */
@Injectable()
export class AccessCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const faults = this.discovery.getControllers().flatMap((wrapper) => this.faultsOf(wrapper.metatype));
    if (faults.length > 0) throw new Error(`Access is not decided for:\n${faults.join('\n')}`);
  }

  // Nest keeps controllers as classes of any shape.
  private faultsOf(controller: unknown): string[] {
    if (typeof controller !== 'function') return [];
    const prototype = controller.prototype as Record<string, (...args: unknown[]) => unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (handler === undefined) return [];
      const method = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
      if (method === undefined) return [];
      const places = [handler, controller];
      const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places) === true;
      const role = this.reflector.getAllAndOverride<string | undefined>(REQUIRED_ROLE, places);
      const where = `${controller.name}.${name}`;
      if (isPublic && this.isUnderV1(controller, handler)) return [`${where}: nothing under /v1 may be @Public()`];
      if (isPublic || role !== undefined) return [];
      return method === RequestMethod.GET ? [] : [`${where}: a change needs @RequireRole(…)`];
    });
  }

  private isUnderV1(controller: object, handler: object): boolean {
    const paths = (target: object): string[] =>
      [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map((path) => path ?? '');
    return paths(controller).some((base) => paths(handler).some((path) => /^\/*v1(\/|$)/.test(`${base}/${path}`)));
  }
}
