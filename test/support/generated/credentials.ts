import type { ApiName, DocumentedCall } from '../api-documents.js';
import type { KeyHeaders } from '../factories.js';
import type { Seeds } from './seeds.js';

type Kept = Record<string, KeyHeaders>;
const kept = new WeakMap<Seeds, Promise<Kept>>();

interface Called extends DocumentedCall {
  api: ApiName;
}

/** Credentials for one of the security requirements of the operation, chosen by the request. */
export async function credentialsOf(seeds: Seeds, { operation }: Called, pick: number): Promise<KeyHeaders> {
  const ways = (operation.security as Record<string, unknown>[]).filter((way) => Object.keys(way).length > 0);
  const way = ways[pick % ways.length] ?? {};
  const all = kept.get(seeds) ?? allOf(seeds);
  kept.set(seeds, all);
  const byScheme = await all;
  return Object.assign({}, ...Object.keys(way).map((scheme) => byScheme[scheme] ?? {})) as KeyHeaders;
}

async function allOf(seeds: Seeds): Promise<Kept> {
  const { make } = seeds.world;
  const owner = await make.ownerHeaders(seeds.customer);
  const platform = await make.aPlatformKey(seeds.platformId);
  const { authorization: accessToken = '' } = await make.workspaceHeaders(seeds.workspace);
  const basic = { authorization: basicOf(platform.key, platform.secret) };
  const admin = { authorization: basicOf(seeds.admin['x-api-key'] ?? '', seeds.admin['x-api-secret'] ?? '') };
  return {
    ...pairOf('owner', owner),
    ...pairOf('admin', seeds.admin),
    ...pairOf('platform', { 'x-api-key': platform.key, 'x-api-secret': platform.secret }),
    workspaceAccessToken: { authorization: accessToken },
    platformBasic: basic,
    ...(await bearerOf(seeds, 'platform', basic)),
    ...(await bearerOf(seeds, 'admin', admin)),
  };
}

const basicOf = (key: string, secret: string): string =>
  `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;

/** Key and secret are two schemes of the document. */
function pairOf(api: ApiName, headers: KeyHeaders): Kept {
  return {
    [`${api}ApiKey`]: { 'x-api-key': headers['x-api-key'] ?? '' },
    [`${api}ApiSecret`]: { 'x-api-secret': headers['x-api-secret'] ?? '' },
  };
}

async function bearerOf(seeds: Seeds, api: ApiName, headers: KeyHeaders): Promise<Kept> {
  const { body } = await seeds.world.send('POST', '/oauth/token', {
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    raw: 'grant_type=client_credentials',
  });
  const bearer = { authorization: `Bearer ${String(body.access_token)}` };
  return { [`${api}Bearer`]: bearer, [`${api}Oauth2`]: bearer };
}
