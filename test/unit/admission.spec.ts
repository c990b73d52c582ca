import fc from 'fast-check';
import { Admission, UNPROVEN } from '../../src/admission/admission.js';
import { KnownHolders, presentedIn } from '../../src/admission/known-holders.js';
import { toRefusal } from '../../src/admission/refusals.js';

describe('Admission', () => {
  it('lets in as many as the bound says, and one more when one has left', () => {
    const admission = new Admission(4);
    expect(['a', 'a', 'b', 'b'].map((holder) => admission.enter(holder))).toEqual([null, null, null, null]);
    expect(admission.enter('c')).toBe('bound');
    admission.leave('a');
    expect(admission.enter('c')).toBeNull();
    expect([admission.inWork, admission.highest]).toEqual([4, 4]);
  });

  it('gives one credential half, and so all who have proven nothing', () => {
    const admission = new Admission(5);
    expect(['a', 'a', 'a', 'a'].map((holder) => admission.enter(holder)).at(-1)).toBe('credential_share');
    expect(admission.enter(UNPROVEN)).toBeNull();
    expect([UNPROVEN, 'b'].map((holder) => admission.enter(holder))).toEqual([null, 'bound']);
    admission.leave('a');
    expect([UNPROVEN, UNPROVEN].map((holder) => admission.enter(holder))).toEqual([null, 'unproven_share']);
  });

  it('tells a credential of its own share, also when there is no place for anybody', () => {
    const admission = new Admission(2);
    admission.enter('a');
    admission.enter('b');
    expect([admission.enter('a'), admission.enter('c')]).toEqual(['credential_share', 'bound']);
  });

  it('is never closed to everybody for good', () => {
    expect(new Admission(1).enter('a')).toBeNull();
  });

  it('holds a request against its owner once that is known, and leaves it where it is when his share is used up', () => {
    const admission = new Admission(4);
    admission.enter(UNPROVEN);
    expect(admission.move(UNPROVEN, 'a')).toBeNull();
    admission.enter('a');
    admission.enter(UNPROVEN);
    expect(admission.move(UNPROVEN, 'a')).toBe('credential_share');
    expect(admission.move('a', 'a')).toBeNull();
    admission.leave(UNPROVEN);
    expect(admission.inWork).toBe(2);
    admission.leave('a');
    expect(admission.move(UNPROVEN, 'a')).toBeNull();
  });

  it('says when it is empty, at once when it is', async () => {
    const admission = new Admission(3);
    await admission.emptied();
    admission.enter('a');
    admission.enter('b');
    const told: string[] = [];
    const emptied = admission.emptied().then(() => told.push('empty'));
    admission.leave('a');
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    admission.leave('b');
    await emptied;
    expect(told).toEqual(['empty']);
  });

  it('foresees what entering says, and holds its bounds whatever comes and goes', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(UNPROVEN, 'a', 'b', 'c'), fc.boolean()), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (bound, all) => {
        const admission = new Admission(bound);
        const inside: string[] = [];
        for (const [holder, comes] of all) {
          if (comes) {
            const foreseen = admission.objection(holder);
            expect(admission.isBusy || foreseen === null).toBe(true);
            expect(admission.enter(holder)).toBe(foreseen);
            if (foreseen === null) inside.push(holder);
          } else if (inside.includes(holder)) {
            inside.splice(inside.indexOf(holder), 1);
            admission.leave(holder);
          }
          expect(admission.inWork).toBe(inside.length);
          expect(admission.inWork).toBeLessThanOrEqual(bound);
          const held = inside.filter((name) => name === holder).length;
          expect(held).toBeLessThanOrEqual(Math.ceil(bound / 2));
        }
      }),
    );
  });
});

describe('Known holders', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it('tell whose credentials these are after they were proven, and of no others', () => {
    const known = new KnownHolders();
    const good = presentedIn(basic('key:secret'));
    expect(known.holderOf(good)).toBe(UNPROVEN);
    known.learn(good, '1 credential:7');
    expect(known.holderOf(presentedIn(basic('key:secret')))).toBe('1 credential:7');
    expect(known.holderOf(presentedIn(basic('key:forged')))).toBe(UNPROVEN);
    expect(known.holderOf(presentedIn({ 'x-api-key': 'key' }))).toBe(UNPROVEN);
  });

  it('tell a key from a secret', () => {
    const [one, other] = [{ 'x-api-key': 'a' }, { 'x-api-secret': 'a' }].map(presentedIn);
    expect(one).not.toBe(other);
  });

  it('learn nothing of those who present nothing', () => {
    const known = new KnownHolders();
    known.learn(presentedIn({ host: 'here' }), '1 credential:7');
    expect(known.holderOf(presentedIn({ host: 'there' }))).toBe(UNPROVEN);
  });
});

describe('Refusals', () => {
  it('blame the credential for its share alone, and spread the next tries over three seconds', () => {
    expect(toRefusal('credential_share').code).toBe('rate_limited');
    expect([toRefusal('bound').code, toRefusal('unproven_share').code]).toEqual([
      'service_unavailable',
      'service_unavailable',
    ]);
    const waits = Array.from({ length: 300 }, () => toRefusal('bound').details.retryAfterSeconds ?? 0);
    expect([...new Set(waits)].sort()).toEqual([1, 2, 3]);
  });
});
