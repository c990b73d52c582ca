import {
  type Choices,
  type RunReport,
  runContract,
} from '../../packages/contract-checker/src/contract-run.js';
import { readCredentials } from '../../packages/contract-checker/src/credentials.js';
import { WorkspaceClosed } from '../../packages/contract-checker/src/open-workspace.js';
import { FAULTY_CREDENTIALS, startFaultyServer } from '../support/faulty/faulty-server.js';
import { listen } from '../support/faulty/wire.js';

const { workspaceId, refreshToken } = FAULTY_CREDENTIALS.workspace;

/** Long enough for any server that answers. */
const PATIENT_MS = 10_000;

function run(
  baseUrl: string,
  credentials: object,
  { timeoutMs = PATIENT_MS, ...choices }: Partial<Choices> & { timeoutMs?: number } = {},
): Promise<RunReport> {
  const { owner, workspace } = readCredentials(JSON.stringify(credentials), {});
  const none = { baseUrl: null, ownerPending: null, workspacePending: null, platform: null };
  return runContract(
    {
      isStrict: false,
      isDestructive: false,
      only: [],
      ...choices,
      baseUrl,
      timeoutMs,
      apis: owner === null ? ['workspace'] : ['owner'],
      credentials: { ...none, owner, workspace },
      currencies: null,
      productId: null,
      fundedAccount: null,
    },
    { isCancelled: () => false, onResult: () => undefined },
  );
}

const results = ({ results: all }: RunReport, wanted: string) =>
  all.filter(({ result }) => result === wanted);

describe('The tokens of a workspace', () => {
  let server: Awaited<ReturnType<typeof startFaultyServer>>;
  beforeEach(async () => {
    server = await startFaultyServer();
  });
  afterEach(() => server.close());

  const expired = `e30.${Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')}.x`;

  it('are obtained when only a refresh token is given; the report says that it is used up', async () => {
    const given = { workspace: { workspaceId, refreshToken } };
    const report = await run(server.url, given);
    expect(results(report, 'failed')).toEqual([]);
    const id = 'tokens of workspace; the refresh token that was given is used up';
    expect(report.created).toContainEqual({ api: 'workspace', kind: 'session', id, isUncertain: false });
    await expect(run(server.url, given)).rejects.toThrow('buys no access token: status 401');
  });

  it('are not obtained for an expired access token, unless destructive checks are allowed', async () => {
    const given = { workspace: { workspaceId, refreshToken, accessToken: expired } };
    const refused = run(server.url, given);
    await expect(refused).rejects.toThrow(WorkspaceClosed);
    await expect(refused).rejects.toThrow(
      'the access token of workspace expired at 2023-11-14T22:13:20.000Z',
    );
    expect(results(await run(server.url, given, { isDestructive: true }), 'failed')).toEqual([]);
  });

  it('are not obtained when the workspace API is not checked', async () => {
    const given = {
      owner: FAULTY_CREDENTIALS.owner,
      workspace: { workspaceId, refreshToken, accessToken: expired },
    };
    expect(results(await run(server.url, given), 'failed')).toEqual([]);
  });
});

describe('A server that stops answering', () => {
  it('is given up after three requests, and the report names what may have been created', async () => {
    const server = await listen(({ path }) =>
      path === '/' ? { status: 404, json: {} } : new Promise(() => undefined),
    );
    const report = await run(server.url, { workspace: FAULTY_CREDENTIALS.workspace }, { timeoutMs: 200 });
    await server.close();
    expect(results(report, 'failed').map(({ found }) => found)).toContain('no answer within 0.2 s');
    const [last] = report.results.slice(-1);
    expect(last).toMatchObject({ result: 'skipped', reason: 'the server did not answer 3 times in a row' });
    expect(report.created).toContainEqual({
      api: 'workspace',
      kind: 'account',
      isUncertain: true,
      id: expect.stringMatching(/^of product 12 with alias "contract check [0-9a-f]{8} one"$/),
    });
  });
});

describe('A server with rate limits', () => {
  it('gets the request again after Retry-After', async () => {
    const server = await startFaultyServer();
    let asked = 0;
    const throttled = await listen(async ({ method, path, headers, raw }) => {
      const wait = { status: 429, json: { reason: 'slow down' }, headers: { 'retry-after': '0.01' } };
      if (++asked % 3 === 0) return wait;
      const kept = Object.entries(headers).filter(([name]) => /^(x-api|content-type)/.test(name));
      const init = { method, headers: kept as [string, string][], ...(raw === '' ? {} : { body: raw }) };
      const answer = await fetch(`${server.url}${path}`, init);
      return { status: answer.status, json: await answer.json().catch(() => null) };
    });
    const report = await run(throttled.url, { owner: FAULTY_CREDENTIALS.owner });
    await Promise.all([throttled.close(), server.close()]);
    expect(results(report, 'failed')).toEqual([]);
  });
});
