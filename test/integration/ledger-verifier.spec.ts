import { LedgerVerifier, VerificationCancelled } from '../../src/ledger/reports/ledger-verifier.service.js';
import { bulkTransfers } from '../support/bulk-transfers.js';
import { writeBooks } from '../support/ledger-books.js';
import { Money } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

const ALL = { platformId: null };

describe('A verification of sound books', () => {
  let world: World;
  let money: Money;
  let verifier: LedgerVerifier;
  beforeAll(async () => {
    world = await createWorld();
    money = new Money(world);
    verifier = world.app.get(LedgerVerifier);
  });
  afterAll(() => world.close());

  it('finds nothing, and counts what it verified', async () => {
    const { platformId } = await writeBooks(world);
    const verdict = await verifier.verify({ platformId });
    expect(verdict).toEqual({
      platformId,
      clean: true,
      transfers: 12,
      accounts: 5,
      holds: 3,
      problems: 0,
      firstProblems: [],
      startedAt: expect.any(Date),
      durationMs: expect.any(Number),
    });
  });

  it('verifies accounts with more transfers than it reads at once', async () => {
    const a = await money.funded(10);
    await bulkTransfers(world.dataSource, a, await money.funded(10, a.customer), 7_000);
    const verdict = await verifier.verify({ platformId: a.platformId });
    expect(verdict).toMatchObject({ clean: true, transfers: 14_002, accounts: 3 });
  });

  it('verifies all platforms, and reports its progress', async () => {
    const told: [done: number, total: number][] = [];
    const verdict = await verifier.verify({ ...ALL, onProgress: (...step) => told.push(step) });
    const transfers = await world.count('transfers');
    expect(verdict).toMatchObject({ clean: true, transfers, accounts: await world.count('accounts') });
    expect(told.at(-1)).toEqual([2 * transfers, expect.any(Number)]);
    for (const [done, total] of told) expect(done).toBeLessThanOrEqual(total);
    expect(verifier.lastVerdict()).toBe(verdict);
  });

  it('reads one snapshot while transfers are posted', async () => {
    const a = await money.funded(1_000);
    const b = await money.account(a.customer);
    const state = { isOver: false };
    const moving = (async () => {
      for (let n = 0; !state.isOver; n++) await (n % 2 === 0 ? money.transfer(a, b, 1) : money.deposit(b, 1));
    })();
    for (let n = 0; n < 5; n++)
      expect(await verifier.verify(ALL)).toMatchObject({ clean: true, firstProblems: [] });
    state.isOver = true;
    await moving;
  });

  it('runs one at a time', async () => {
    const first = verifier.verify(ALL);
    await expect(verifier.verify(ALL)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      details: { state: 'verifying' },
    });
    await first;
    await expect(verifier.verify(ALL)).resolves.toMatchObject({ clean: true });
  });

  it('ends when it is cancelled, and another can start', async () => {
    let asked = 0;
    const isCancelled = () => ++asked > 3;
    await expect(verifier.verify({ ...ALL, isCancelled })).rejects.toBeInstanceOf(VerificationCancelled);
    expect(asked).toBe(4);
    await expect(verifier.verify(ALL)).resolves.toMatchObject({ clean: true });
  });

  it('of a platform that does not exist is refused', async () => {
    const refused = verifier.verify({ platformId: '424242' });
    await expect(refused).rejects.toMatchObject({ code: 'object_not_found' });
  });
});
