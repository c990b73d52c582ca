import type { KeyHeaders } from './factories.js';

/** The body that opens a platform account whose names are all the same. */
export function anOpening(name: string): object {
  return { accountIdentifier: name, displayName: name, contactEmail: 'ops@example.com' };
}

/** Opens a platform account at a URL that ends with `/accounts`. */
export function postOpening(url: string, headers: KeyHeaders, name: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(anOpening(name)),
  });
}
