import { decodeJwt, decodeProtectedHeader, exportPKCS8, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { Workspace } from '../../src/entities/workspace.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

let world: World;
let customer: Customer;
let workspace: Workspace;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  workspace = await world.make.aWorkspace(customer);
  headers = await world.make.workspaceHeaders(workspace);
});

function expectError(answer: TestResponse, status: number, errorCode: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: { errorCode, message: expect.stringMatching(/./) },
  });
}

describe('The access token', () => {
  const listWith = (token: string): Promise<TestResponse> =>
    world.send('GET', '/accounts', { headers: { ...headers, authorization: `Bearer ${token}` } });

  it('lasts 15 minutes', () => {
    const { exp = 0, iat = 0 } = decodeJwt((headers.authorization ?? '').slice(7));
    expect(exp - iat).toBe(900);
  });

  it('is refused when missing, altered, foreign, unsigned or of another API', async () => {
    const token = (headers.authorization ?? '').slice(7);
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const claims = { ...decodeJwt(token) };
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', ...decodeProtectedHeader(token) })
      .sign(await importPKCS8(await exportPKCS8(privateKey), 'ES256'));
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const unsigned = `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`;
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    const { body } = await world.send('POST', '/oauth/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      raw: `grant_type=client_credentials&client_id=${key}&client_secret=${secret}`,
    });
    // Not at its end: the last character of a base64url signature has bits that mean nothing.
    const altered = token.slice(0, -10) + (token.at(-10) === 'A' ? 'B' : 'A') + token.slice(-9);
    for (const wrong of ['x', altered, foreign, unsigned, body.access_token]) {
      const answer = await listWith(wrong);
      expectError(answer, 401, 'unauthorized');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expectError(await world.send('GET', '/accounts'), 401, 'unauthorized');
  });
});

describe('The refresh token', () => {
  const refresh = (token: string, more: KeyHeaders = {}): Promise<TestResponse> =>
    world.send('POST', '/sessions/tokens', { headers: { authorization: `Bearer ${token}`, ...more } });
  const isAlive = async (accessToken: string): Promise<boolean> => {
    const authorization = `Bearer ${accessToken}`;
    return (await world.send('GET', '/products', { headers: { authorization } })).status === 200;
  };
  const ends = async (accessToken: string): Promise<boolean> => {
    for (const deadline = Date.now() + 1_000; Date.now() < deadline;)
      if (!(await isAlive(accessToken))) return true;
    return false;
  };

  it('returns a new pair of tokens in the documented form, with Cache-Control: no-store', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const answer = await refresh(refreshToken.value);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const time = expect.stringMatching(/Z$/);
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: {
        id: expect.any(Number),
        value: expect.any(String),
        createdAt: time,
        updatedAt: time,
        expiredAt: time,
      },
    });
    const { createdAt, expiredAt } = answer.body.refreshToken;
    expect(Date.parse(expiredAt) - Date.parse(createdAt)).toBe(14 * 24 * 3600 * 1000);
    expect(await isAlive(answer.body.accessToken)).toBe(true);
    expect((await refresh(answer.body.refreshToken.value)).status).toBe(200);
  });

  it('ends its whole session when it is used again', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const { body: second } = await refresh(refreshToken.value);
    expectError(await refresh(refreshToken.value), 401, 'unauthorized');
    expectError(await refresh(second.refreshToken.value), 401, 'unauthorized');
    expect(await ends(second.accessToken)).toBe(true);
  });

  it('serves one of two concurrent uses, and none after', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const answers = await Promise.all([refresh(refreshToken.value), refresh(refreshToken.value)]);
    const won = answers.filter(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expectError(await refresh(won[0]?.body.refreshToken.value), 401, 'unauthorized');
  });

  it('can be retried with an Idempotency-Key without ending the session', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const key = { 'idempotency-key': 'retry' };
    const answers = await Promise.all([1, 2, 3].map(() => refresh(refreshToken.value, key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers: h }) => h['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect((await refresh(answers[0]?.body.refreshToken.value)).status).toBe(200);
  });

  it('is not replayed with its Idempotency-Key after a minute, and ends its session then', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const key = { 'idempotency-key': 'late-retry' };
    const first = await refresh(refreshToken.value, key);
    await world.dataSource.query(
      `UPDATE refresh_tokens SET used_at = used_at - interval '61 seconds' WHERE id = $1`,
      [refreshToken.id],
    );
    const late = await refresh(refreshToken.value, key);
    expectError(late, 401, 'unauthorized');
    expectError(await refresh(first.body.refreshToken.value), 401, 'unauthorized');
  });

  it('is not replayed with its Idempotency-Key after the next rotation, and ends its session then', async () => {
    const { refreshToken } = await world.make.aSession(customer.platformId, workspace.id);
    const key = { 'idempotency-key': 'superseded' };
    const second = await refresh(refreshToken.value, key);
    const third = await refresh(second.body.refreshToken.value);
    expect(third.status).toBe(200);
    expectError(await refresh(refreshToken.value, key), 401, 'unauthorized');
    expectError(await refresh(third.body.refreshToken.value), 401, 'unauthorized');
  });

  it('expires with its session, which ends after 90 days', async () => {
    const { refreshToken, sessionId } = await world.make.aSession(customer.platformId, workspace.id);
    const age = async (days: number): Promise<void> => {
      await world.dataSource.query('UPDATE sessions SET created_at = $2 WHERE id = $1', [
        sessionId,
        new Date(Date.now() - days * 24 * 3_600_000),
      ]);
    };
    await age(89);
    const { body, status } = await refresh(refreshToken.value);
    expect(status).toBe(200);
    const leftDays = (Date.parse(body.refreshToken.expiredAt) - Date.now()) / (24 * 3_600_000);
    expect(leftDays).toBeLessThanOrEqual(1);
    await age(90);
    expectError(await refresh(body.refreshToken.value), 401, 'unauthorized');
  });

  it('is refused when expired or forged, cannot be replaced by an access token, and is no access token', async () => {
    const { refreshToken, accessToken } = await world.make.aSession(customer.platformId, workspace.id);
    await world.dataSource.query(`UPDATE refresh_tokens SET expires_at = now() WHERE id = $1`, [
      refreshToken.id,
    ]);
    const made = refreshToken.value.slice(0, -4);
    for (const wrong of [refreshToken.value, `${made}AAAA`, accessToken, 'vrt_1_1-x', '']) {
      expectError(await refresh(wrong), 401, 'unauthorized');
    }
    expect(await isAlive(refreshToken.value)).toBe(false);
  });
});

describe('A log-out', () => {
  const logOut = (token: string): Promise<TestResponse> =>
    world.send('DELETE', '/sessions', { headers: { authorization: `Bearer ${token}` } });

  it('is refused with 401 for an ended session, also when it ended a moment ago', async () => {
    const { accessToken } = await world.make.aSession(customer.platformId, workspace.id);
    const answers = await Promise.all([logOut(accessToken), logOut(accessToken)]);
    const [refused, ...others] = answers.filter(({ status }) => status !== 204);
    expect(others).toEqual([]);
    expectError(refused as TestResponse, 401, 'unauthorized');
  });

  it('ends only the session of the access token, and is recorded on the audit trail', async () => {
    const { accessToken, refreshToken, sessionId } = await world.make.aSession(
      customer.platformId,
      workspace.id,
    );
    const other = await world.make.aSession(customer.platformId, workspace.id);
    const answer = await logOut(accessToken);
    expect([answer.status, answer.text]).toEqual([204, '']);
    const refreshed = await world.send('POST', '/sessions/tokens', {
      headers: { authorization: `Bearer ${refreshToken.value}` },
    });
    expectError(refreshed, 401, 'unauthorized');
    const call = async (token: string): Promise<number> =>
      (await world.send('GET', '/products', { headers: { authorization: `Bearer ${token}` } })).status;
    const deadline = Date.now() + 1_000;
    while ((await call(accessToken)) === 200 && Date.now() < deadline) await new Promise(setImmediate);
    expect([await call(accessToken), await call(other.accessToken)]).toEqual([401, 200]);
    const [entry] = await world.dataSource.query<{ actor_id: string }[]>(
      `SELECT actor_id FROM audit_entries WHERE action = 'session.ended' AND object_id = $1`,
      [`ses_${customer.platformId}_${sessionId}`],
    );
    expect(entry?.actor_id).toBe(`ses_${customer.platformId}_${sessionId}`);
  });
});
