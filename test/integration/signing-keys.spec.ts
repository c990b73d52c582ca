import { type JSONWebKeySet, decodeProtectedHeader } from 'jose';
import { AuditHeads } from '../../src/auth/audit-heads.service.js';
import { anAdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { aSigningKey } from '../support/signing-key.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { basicOf, bearerWith } from '../support/tokens.js';
import { type World, worldOn } from '../support/world.js';
import { sealAll } from '../support/sealing.js';

const [A, B] = [aSigningKey(), aSigningKey()];

/** The steps of "Rotating TOKEN_SIGNING_KEY" in docs/operate.md. */
const BEFORE = A;
const BOTH_OLD_SIGNS = `${A}\n${B}`;
const BOTH_NEW_SIGNS = `${B}\n${A}`;
const AFTER = B;

let database: TestDatabase;
/** The running application. One at a time: Passport's strategies are shared by all applications of a jest process. */
let world: World;
let client: KeyHeaders;
let platformId: string;
/** A bearer token and an audit head signed before the rotation. */
let bearerOfA: KeyHeaders;
let headOfA: string;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await worldOn(database, { TOKEN_SIGNING_KEY: BEFORE });
  const platform = await world.make.aPlatform();
  platformId = platform.id;
  client = basicOf(await world.make.aPlatformKey(platformId));
  const admin = await anAdminClient(world);
  await admin.send('PATCH', `/platforms/plt_${platformId}`, { name: 'Renamed' });
  await seal();
  bearerOfA = await bearerWith(world, client);
  headOfA = await aHead();
});
afterAll(async () => {
  await world.app.close();
  await database.drop();
});

/** Restarts the application on the same database, with other keys. */
async function restart(TOKEN_SIGNING_KEY: string): Promise<void> {
  await world.app.close();
  world = await worldOn(database, { TOKEN_SIGNING_KEY });
}

async function seal(): Promise<void> {
  await sealAll(world.app);
}

async function aHead(): Promise<string> {
  const [head] = await world.app.get(AuditHeads).sign(platformId);
  if (head === undefined) throw new Error('the platform has no audit chain');
  return head;
}

const problemOf = async (head: string) => (await world.app.get(AuditHeads).verify(head)).problem;

const statusOf = async (headers: KeyHeaders): Promise<number> =>
  (await world.send('GET', '/customers', { headers })).status;

const kidOf = (jws: string): string | undefined => decodeProtectedHeader(jws).kid;
const kidOfBearer = ({ authorization = '' }: KeyHeaders): string | undefined =>
  kidOf(authorization.replace('Bearer ', ''));

async function publishedIds(): Promise<(string | undefined)[]> {
  const { body } = await world.send('GET', '/.well-known/jwks.json');
  return (body as JSONWebKeySet).keys.map(({ kid }) => kid);
}

/** Restarts as in step 2 of the rotation, and returns what is signed then. */
async function signedByB(): Promise<{ bearer: KeyHeaders; head: string }> {
  await restart(BOTH_NEW_SIGNS);
  return { bearer: await bearerWith(world, client), head: await aHead() };
}

it('Every key is published, in the order of the list', async () => {
  const kidOfA = kidOf(headOfA);
  await restart(AFTER);
  const [kidOfB] = await publishedIds();
  expect(kidOfB).not.toBe(kidOfA);
  await restart(BOTH_OLD_SIGNS);
  expect(await publishedIds()).toEqual([kidOfA, kidOfB]);
  await restart(BOTH_NEW_SIGNS);
  expect(await publishedIds()).toEqual([kidOfB, kidOfA]);
});

it('The first key of the list signs tokens and audit heads', async () => {
  for (const keys of [BEFORE, BOTH_OLD_SIGNS, BOTH_NEW_SIGNS, AFTER]) {
    await restart(keys);
    const [first] = await publishedIds();
    expect(kidOfBearer(await bearerWith(world, client))).toBe(first);
    expect(kidOf(await aHead())).toBe(first);
  }
});

it.each([
  ['first with the old key', BEFORE],
  ['with the new key last', BOTH_OLD_SIGNS],
  ['with the new key first', BOTH_NEW_SIGNS],
])('Signatures of the old key are valid %s', async (_step, keys) => {
  await restart(keys);
  expect(await statusOf(bearerOfA)).toBe(200);
  expect(await problemOf(headOfA)).toBeNull();
});

it('Signatures of the new key are valid in a process that lists it last and was not restarted yet', async () => {
  const { bearer, head } = await signedByB();
  await restart(BOTH_OLD_SIGNS);
  expect(await statusOf(bearer)).toBe(200);
  expect(await problemOf(head)).toBeNull();
});

it('Signatures of the new key are not valid in a process without it', async () => {
  const { bearer, head } = await signedByB();
  await restart(BEFORE);
  expect(await statusOf(bearer)).toBe(401);
  expect(await problemOf(head)).toBe('not_signed');
});

it('Signatures of a removed key are not valid, and those of the new key are', async () => {
  const { bearer, head } = await signedByB();
  await restart(AFTER);
  expect([await statusOf(bearerOfA), await statusOf(bearer)]).toEqual([401, 200]);
  expect([await problemOf(headOfA), await problemOf(head)]).toEqual(['not_signed', null]);
});
