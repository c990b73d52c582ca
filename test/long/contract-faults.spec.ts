import type { Api } from '../../packages/contract-checker/src/check.js';
import { type Choices, runContract } from '../../packages/contract-checker/src/contract-run.js';
import type { CheckResult } from '../../packages/contract-checker/src/runner.js';
import { type PlantedFault, FAULTS } from '../support/faulty/faults.js';
import { faultyCredentials, FUNDED_ACCOUNT, startFaultyServer } from '../support/faulty/faulty-server.js';

const ALL: Choices = { isStrict: false, isDestructive: true, only: [] };

/** The checker's results for a server with these faults. */
async function check(faults: PlantedFault[], apis: Api[], choices: Choices = ALL): Promise<CheckResult[]> {
  const server = await startFaultyServer(...faults);
  try {
    const { results } = await runContract(
      {
        ...choices,
        apis,
        baseUrl: server.url,
        credentials: faultyCredentials(),
        timeoutMs: 10_000,
        currencies: null,
        productId: null,
        fundedAccount: FUNDED_ACCOUNT,
      },
      { isCancelled: () => false, onResult: () => undefined },
    );
    return results;
  } finally {
    await server.close();
  }
}

const failed = (results: CheckResult[]) => results.filter(({ result }) => result === 'failed');

describe('The checker and a server written from the contracts alone', () => {
  it('pass every check, skip none, and need none of Vostro’s extensions', async () => {
    const results = await check([], ['owner', 'workspace', 'platform']);
    expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
  });

  it('find the missing extensions of Vostro when strict', async () => {
    const results = await check([], ['owner', 'workspace', 'platform'], { ...ALL, isStrict: true });
    const broken = failed(results);
    expect(new Set(broken.map(({ level }) => level))).toEqual(new Set(['strict']));
    expect(broken.length).toBeGreaterThan(40);
  });

  it.each(Object.entries(FAULTS) as [PlantedFault, string][])('find that in the %s', async (fault, name) => {
    const api = name.slice(0, name.indexOf('/')) as Api;
    const broken = failed(await check([fault], [api]));
    expect(broken.map((result) => result.name)).toContain(name);
    // One fault causes a few failures at most, so that a reader of the report can find it.
    expect(broken.length).toBeLessThanOrEqual(MOST_TOLD);
    for (const { expected, found, reason } of broken) {
      expect([expected, found, reason].join()).not.toMatch(/undefined|\[object/);
      expect([expected, found, reason].join()).not.toMatch(/(secret|token|key)-of-the-test/);
    }
  });

  it('find it also when only that check is run', async () => {
    for (const [fault, name] of Object.entries(FAULTS) as [PlantedFault, string][]) {
      const api = name.slice(0, name.indexOf('/')) as Api;
      const results = await check([fault], [api], { ...ALL, only: [`${name}*`] });
      expect(results.map((one) => [fault, one.name, one.result])).toEqual([[fault, name, 'failed']]);
    }
  });
});

const MOST_TOLD = 10;
