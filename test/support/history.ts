import fc from 'fast-check';

/** One step of a history. Accounts, transfers and holds are named by index, modulo their number. */
export type Step =
  | { do: 'deposit' | 'withdraw'; account: number; amount: number }
  | { do: 'transfer'; from: number; to: number; amount: number }
  | { do: 'journal'; legs: { from: number; to: number; amount: number }[] }
  | { do: 'hold'; account: number; amount: number }
  | { do: 'capture'; hold: number; amount: number; isFinal: boolean }
  | { do: 'release'; hold: number; amount: number }
  | { do: 'reverse'; transfer: number };

export const ACCOUNTS = 3;

const account = fc.nat({ max: ACCOUNTS - 1 });
// Small amounts often reach each other's limits; an occasional large one reaches the ledger's.
const amount = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 100 }), weight: 20 },
  { arbitrary: fc.constant(999_999_999_999_999), weight: 1 },
);
const index = fc.nat({ max: 9 });
const leg = fc.record({ from: account, to: account, amount }).filter(({ from, to }) => from !== to);

/** Steps that only post transfers, so that they can be reversed one by one. */
const movement: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('deposit' as const), account, amount }),
  fc.record({ do: fc.constant('withdraw' as const), account, amount }),
  leg.map((parts) => ({ do: 'transfer' as const, ...parts })),
  fc.array(leg, { minLength: 1, maxLength: 3 }).map((legs) => ({ do: 'journal' as const, legs })),
);
const anything: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: movement, weight: 5 },
  { arbitrary: fc.record({ do: fc.constant('hold' as const), account, amount }), weight: 2 },
  {
    arbitrary: fc.record({ do: fc.constant('capture' as const), hold: index, amount, isFinal: fc.boolean() }),
    weight: 1,
  },
  { arbitrary: fc.record({ do: fc.constant('release' as const), hold: index, amount }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('reverse' as const), transfer: index }), weight: 1 },
);

/** The steps that stay, and then the steps that are reversed again. */
export interface History {
  steps: Step[];
  undone: Step[];
}

export function histories(maxSteps: number, maxUndone: number): fc.Arbitrary<History> {
  return fc.record({
    steps: fc.array(anything, { maxLength: maxSteps, size: 'max' }),
    undone: fc.array(movement, { maxLength: maxUndone, size: 'max' }),
  });
}
