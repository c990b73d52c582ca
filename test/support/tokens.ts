import type { KeyHeaders } from './factories.js';
import type { World } from './world.js';

interface KeyAndSecret {
  key: string;
  secret: string;
}

export const keyHeaders = ({ key, secret }: KeyAndSecret): KeyHeaders => ({
  'x-api-key': key,
  'x-api-secret': secret,
});

export const basicOf = ({ key, secret }: KeyAndSecret): KeyHeaders => ({
  authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
});

/**
 * Headers with a bearer token of the token endpoint. @param scope separated by spaces; by default all of the
 * credential's
 */
export async function bearerWith(world: World, client: KeyHeaders, scope?: string): Promise<KeyHeaders> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) });
  const { body } = await world.send('POST', '/oauth/token', {
    headers: { ...client, 'content-type': 'application/x-www-form-urlencoded' },
    raw: form.toString(),
  });
  return { authorization: `Bearer ${String(body.access_token)}` };
}
