import { callsIn, type DocumentedCall, type Part, resolve } from '../api-documents';

/** The operation that matches a request, with the values in its path. */
export interface Met extends DocumentedCall {
  /** Still percent-encoded. */
  inPath: Record<string, string>;
}

interface Route {
  pattern: RegExp;
  names: string[];
  call: DocumentedCall;
}

/** Finds the operation of a request, below each server of the document. */
export class Routes {
  private readonly byMethod = new Map<string, Route[]>();

  constructor(document: Part) {
    for (const call of callsIn(document)) {
      const servers: { url: string }[] = document.paths[call.path].servers ??
        document.servers ?? [{ url: '/' }];
      const withShared = { ...call, operation: withSharedParameters(document, call) };
      for (const { url } of servers) this.add(url.replace(/\/$/, '') + call.path, withShared);
    }
    // Fixed path segments take precedence over parameters.
    for (const routes of this.byMethod.values()) routes.sort((a, b) => a.names.length - b.names.length);
  }

  find(method: string, path: string): Met | null {
    if (!isPath(path)) return null;
    // A HEAD is answered like a GET.
    const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
    for (const { pattern, names, call } of this.byMethod.get(asked) ?? []) {
      const found = pattern.exec(path);
      if (found === null) continue;
      const inPath = Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']));
      return { ...call, inPath };
    }
    return null;
  }

  private add(template: string, call: DocumentedCall): void {
    const names: string[] = [];
    const source = template
      .split('/')
      .map((segment) => {
        const name = /^\{(.+)\}$/.exec(segment)?.[1];
        if (name === undefined) return segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
        names.push(name);
        return '([^/]+)';
      })
      .join('/');
    const routes = this.byMethod.get(call.method) ?? [];
    routes.push({ pattern: new RegExp(`^${source}/?$`), names, call });
    this.byMethod.set(call.method, routes);
  }
}

/** The maximum length of a parameter in the router. */
const MAX_SEGMENT_LENGTH = 1_000;

/** Whether a path can match an operation: one that cannot be decoded, or with a segment that is too long, cannot. */
function isPath(path: string): boolean {
  try {
    return path.split('/').every((segment) => decodeURIComponent(segment).length <= MAX_SEGMENT_LENGTH);
  } catch {
    return false;
  }
}

/** The operation with the parameters that its path shares among its operations. */
function withSharedParameters(document: Part, { path, operation }: DocumentedCall): Part {
  const all = [...(document.paths[path].parameters ?? []), ...(operation.parameters ?? [])];
  return { ...operation, parameters: all.map((parameter) => resolve(document, parameter)) };
}
