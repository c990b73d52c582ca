import { SecretHasher } from '../../src/auth/secret-hasher.js';
import { ChangeFeed } from '../../src/database/change-feed.service.js';
import type { IssuedCredential } from '../../src/auth/credential-administration.service.js';
import { keyHeaders } from '../support/tokens.js';
import { logStatements, type LoggedStatement } from '../support/statement-log.js';
import { createWorld, type World } from '../support/world.js';

interface Work {
  lookups: number;
  keyedHashes: number;
}

/**
 * The work of every refusal. It is counted instead of timed: these operations take the time, and the result does not
 * depend on the machine.
 */
const OF_A_REFUSAL: Work = { lookups: 1, keyedHashes: 2 };

describe('A refused key and secret', () => {
  let world: World;
  let statements: LoggedStatement[];
  let keyedHashes = 0;
  let good: IssuedCredential;

  beforeAll(async () => {
    world = await createWorld();
    statements = logStatements(world.dataSource);
    const hasher = world.app.get(SecretHasher);
    const digests = hasher.digests.bind(hasher);
    hasher.digests = (secret) => {
      keyedHashes += 1;
      return digests(secret);
    };
    good = await world.make.anOwnerKey(await world.make.aCustomer());
  });
  afterAll(() => world.close());

  /** The work of one call, which must end with this status. */
  async function workOf(key: string, secret: string, status: number): Promise<Work> {
    const [lookups, hashes] = [lookupsSoFar(), keyedHashes];
    const answer = await world.send('GET', '/api/v1/accounts', { headers: keyHeaders({ key, secret }) });
    expect(answer.status).toBe(status);
    return { lookups: lookupsSoFar() - lookups, keyedHashes: keyedHashes - hashes };
  }
  const lookupsSoFar = (): number => statements.filter(({ query }) => query.includes('secret_hash')).length;
  const another = (text: string): string => text.slice(0, -4) + (text.endsWith('AAAA') ? 'BBBB' : 'AAAA');

  it('costs the same whether the key is unknown, forged or in use, on the first and later attempts', async () => {
    const { key, secret } = good;
    await world.app.get(ChangeFeed).catchUp();
    const cold = await workOf(key, another(secret), 401);
    await workOf(key, secret, 200);
    const works = {
      'an unknown key': await workOf(another(key), secret, 401),
      'the same again': await workOf(another(key), secret, 401),
      'a key of a platform that there is not': await workOf(key.replace(/_\d+_/, '_999999_'), secret, 401),
      'a key that is not in memory': cold,
      'a key in use': await workOf(key, another(secret), 401),
      'the same key again': await workOf(key, another(secret), 401),
    };
    for (const [what, work] of Object.entries(works))
      expect({ what, ...work }).toEqual({ what, ...OF_A_REFUSAL });
  });

  it('costs the same when the secret is right and the key is revoked or expired', async () => {
    const revoked = await world.make.anOwnerKey(await world.make.aCustomer());
    await world.make.revoke({ platformId: revoked.platformId, id: revoked.id });
    const expired = await world.make.anOwnerKey(await world.make.aCustomer());
    await world.dataSource.query(
      `UPDATE credentials SET expires_at = now() - interval '1 hour' WHERE key = $1`,
      [expired.key],
    );
    await world.app.get(ChangeFeed).catchUp();
    for (const { key, secret } of [revoked, expired]) {
      await workOf(key, secret, 401);
      expect(await workOf(key, secret, 401)).toMatchObject({ lookups: 1 });
    }
  });

  it('costs nothing more with the right secret', async () => {
    await workOf(good.key, good.secret, 200);
    expect(await workOf(good.key, good.secret, 200)).toEqual({ lookups: 0, keyedHashes: 0 });
  });
});
