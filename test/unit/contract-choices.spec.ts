import { CHECKER } from '../../packages/contract-checker/src/cli/command.js';
import {
  type ContractOptions,
  toChoices,
  toRunOptions,
} from '../../packages/contract-checker/src/cli/options.js';
import { CheckerUsageError } from '../../packages/contract-checker/src/cli/shell.js';
import { choose } from '../../packages/contract-checker/src/contract-run.js';
import type { CheckerPackage } from '../../src/cli/commands/contract.js';
import type { CommandSpec } from '../../src/cli/shell.js';
import { FAULTY_CREDENTIALS } from '../support/faulty/faulty-server.js';

const BASE = 'https://bank.example/';
const FILE = JSON.stringify({ ...FAULTY_CREDENTIALS, baseUrl: BASE });
const toRun = (
  options: Partial<ContractOptions>,
  file: string | null = FILE,
  variables: NodeJS.ProcessEnv = {},
) => toRunOptions({ timeout: '10', ...options }, file, variables);
const names = (options: Partial<ContractOptions>): string[] => {
  const { apis, ...choices } = toChoices({ timeout: '10', ...options });
  return choose(apis, choices).map(({ name }) => name);
};

describe('The options of the checker', () => {
  it('default to every API with credentials, at the URL of the credentials, without destructive checks', () => {
    const { platform, owner } = FAULTY_CREDENTIALS;
    expect(toRun({}, JSON.stringify({ baseUrl: BASE, owner, platform }))).toMatchObject({
      apis: ['owner', 'platform'],
      baseUrl: 'https://bank.example',
      isStrict: false,
      isDestructive: false,
      timeoutMs: 10_000,
      currencies: null,
      productId: null,
      fundedAccount: null,
    });
  });

  it('can come from variables alone', () => {
    const { key, secret } = FAULTY_CREDENTIALS.platform;
    const variables = {
      VOSTRO_CONTRACT_PLATFORM_KEY: key,
      VOSTRO_CONTRACT_PLATFORM_SECRET: secret,
      VOSTRO_CONTRACT_BASE_URL: 'http://127.0.0.1:3000/bank/',
    };
    const { apis, baseUrl } = toRun({}, null, variables);
    expect([apis, baseUrl]).toEqual([['platform'], 'http://127.0.0.1:3000/bank']);
  });

  it.each<[Partial<ContractOptions>, string]>([
    [{ baseUrl: 'ftp://x' }, '--base-url must be'],
    [{ baseUrl: 'http://a:b@c' }, '--base-url must be'],
    [{ baseUrl: 'http://c?x=1' }, '--base-url must be'],
    [{ baseUrl: 'nonsense' }, '--base-url must be'],
    [{ api: ['admin'] }, '--api must be of owner, workspace, platform'],
    [{ timeout: '0' }, '--timeout must be'],
    [{ timeout: '1e2' }, '--timeout must be'],
    [{ timeout: '601' }, '--timeout must be'],
    [{ product: 'x' }, '--product must be'],
    [{ product: '-1' }, '--product must be'],
    [{ currency: ['Z R'] }, '--currency must be'],
  ])('are rejected as %j', (options, expected) => {
    expect(() => toRun(options)).toThrow(CheckerUsageError);
    expect(() => toRun(options)).toThrow(expected);
  });

  it.each<[string | null, Partial<ContractOptions>, string]>([
    [null, { baseUrl: BASE }, 'there are no credentials'],
    [JSON.stringify(FAULTY_CREDENTIALS), {}, '--base-url is missing'],
    [
      JSON.stringify({ owner: FAULTY_CREDENTIALS.owner }),
      { baseUrl: BASE, api: ['platform'] },
      'the platform API',
    ],
    [
      '{"owner":{"apiKey":"x"}}',
      { baseUrl: BASE },
      'owner.apiSecret (VOSTRO_CONTRACT_OWNER_SECRET) is missing',
    ],
  ])('require fitting credentials: %j', (file, options, expected) => {
    expect(() => toRun(options, file)).toThrow(CheckerUsageError);
    expect(() => toRun(options, file)).toThrow(expected);
  });

  it('name no check twice, and each with the prefix of its API', () => {
    const all = names({ strict: true, destructive: true });
    expect(new Set(all).size).toBe(all.length);
    for (const api of ['owner', 'workspace', 'platform'])
      expect(names({ strict: true, api: [api] }).every((name) => name.startsWith(`${api}/`))).toBe(true);
  });

  it('exclude strict and destructive checks by default', () => {
    expect(names({})).not.toContain('owner/problem-details');
    expect(names({ strict: true })).toContain('owner/problem-details');
    expect(names({})).not.toContain('platform/transfer-200');
    expect(names({ destructive: true })).toContain('platform/transfer-200');
    expect(names({ list: true })).toContain('platform/transfer-200');
  });

  it('select checks by a part of the name, or by a whole name with * as a wildcard', () => {
    expect(names({ only: ['owner/duplicate'] })).toEqual([
      'owner/duplicate-409',
      'owner/duplicate-in-other-case-409',
    ]);
    expect(names({ only: ['owner/duplicate-409', '*/race-*'] })).toEqual([
      'owner/duplicate-409',
      'owner/race-one-wins',
      'workspace/race-one-wins',
      'platform/race-one-wins',
    ]);
    expect(names({ only: ['duplicate*'] })).toEqual([]);
    expect(names({ only: ['owner/(duplicate|list)*', 'no-such-check'] })).toEqual([]);
  });
});

it('The package exports what the command line of the server uses', () => {
  // Compiled only: the server does not import the package's types.
  const used: CheckerPackage & { CHECKER: Omit<CommandSpec<ContractOptions>, 'name'> } = { CHECKER };
  expect(used.CHECKER.examples.length).toBeGreaterThan(0);
});
