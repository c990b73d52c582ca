/** The methods of each path: the router does not expose which methods a path has, which a 405 must list in `Allow`. */
export class RouteTable {
  private readonly routes: { pattern: RegExp; method: string }[] = [];

  /** `url` in the router's notation: `/customers/:id/accounts`, `*` for the rest of a path. */
  add(url: string, methods: string | string[]): void {
    const source = url
      .split('/')
      .map((segment) => {
        if (segment.startsWith(':')) return '[^/]+';
        return segment === '*' ? '.*' : segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      })
      .join('/');
    for (const method of [methods].flat()) this.routes.push({ pattern: new RegExp(`^${source}/?$`), method });
  }

  /** The methods a path answers, sorted; none when nothing is served there. */
  methodsOf(path: string): string[] {
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.map(({ method }) => method))].sort();
  }
}
