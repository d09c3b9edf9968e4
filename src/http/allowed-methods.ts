import type { FastifyInstance } from 'fastify';

/** The routes of the application, to tell 405 (another method would do) from 404: the router itself does not. */
export class AllowedMethods {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Has to be called before the first route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      this.routes.push({ pattern: patternOf(route.url), methods: [route.method].flat() });
    });
  }

  /** The methods that this path (without its query) answers to, sorted; none when nothing is there. */
  at(path: string): readonly string[] {
    const methods = this.routes.filter((route) => route.pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function patternOf(route: string): RegExp {
  const segments = route.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    if (segment === '*') return '.*';
    return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
