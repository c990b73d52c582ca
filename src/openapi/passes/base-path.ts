import type { OpenAPIObject } from '@nestjs/swagger';
import { PLATFORM_BASE } from '../../apis/platform/errors.js';

/** Each call is documented once: what also exists without the base path is listed without it. */
export function foldBasePath(document: OpenAPIObject): void {
  document.servers?.push({ url: PLATFORM_BASE, description: 'The same below the base path' });
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith(PLATFORM_BASE)) continue;
    const isTwice = document.paths[path.slice(PLATFORM_BASE.length)] !== undefined;
    if (isTwice) Reflect.deleteProperty(document.paths, path);
    else item.servers = [{ url: '/' }];
  }
}
