import { readFileSync } from 'node:fs';
import { ACCOUNT_MACHINE } from '../../src/accounts/lifecycle/account-machine.js';
import { CUSTOMER_MACHINE } from '../../src/customers/customer-administration.service.js';
import { KYC_MACHINE } from '../../src/customers/kyc-machine.js';
import { PLATFORM_MACHINE } from '../../src/platforms/platforms.service.js';
import { PRODUCT_MACHINE } from '../../src/products/product-administration.service.js';
import { AppError } from '../../src/shared/app-error.js';
import {
  transitionsIn,
  transitionsOf,
  assertNextState,
  nextState,
  type StateMachine,
} from '../../src/shared/state-machine.js';

type AnyMachine = StateMachine<string, string>;

const MACHINES: [name: string, machine: AnyMachine][] = [
  ['account', ACCOUNT_MACHINE],
  ['customer', CUSTOMER_MACHINE],
  ['KYC case', KYC_MACHINE],
  ['platform', PLATFORM_MACHINE],
  ['product', PRODUCT_MACHINE],
];

function statesOf(machine: AnyMachine): string[] {
  return [
    ...new Set(
      transitionsOf(machine).flatMap((act) => [...(machine[act]?.from ?? []), machine[act]?.to ?? '']),
    ),
  ];
}

describe.each(MACHINES)('The machine of the %s', (_name, machine) => {
  it('has no transition from a state to itself', () => {
    for (const act of transitionsOf(machine)) expect(machine[act]?.from).not.toContain(machine[act]?.to);
  });

  it('has a transition out of every state', () => {
    for (const state of statesOf(machine)) expect(transitionsIn(machine, state)).not.toEqual([]);
  });

  it('reports for every state whether a transition is allowed, and which are', () => {
    for (const state of statesOf(machine))
      for (const act of transitionsOf(machine)) {
        const next = nextState(machine, state, act);
        const isOffered = next !== null && machine[act]?.isAutomatic !== true;
        expect(transitionsIn(machine, state).includes(act)).toBe(isOffered);
        if (next !== null) expect(assertNextState(machine, state, act)).toBe(next);
        else expect(() => assertNextState(machine, state, act)).toThrow(AppError);
      }
  });
});

describe('docs/operate.md', () => {
  const page = readFileSync('docs/operate.md', 'utf8');

  it.each([
    ['account', ACCOUNT_MACHINE as AnyMachine],
    ['KYC case', KYC_MACHINE as AnyMachine],
  ])('shows the state machine of the %s', (name, machine) => {
    const table = page.slice(page.search(new RegExp(`^\\| ${name} +\\|`, 'm')));
    for (const act of transitionsOf(machine)) {
      const [, from, to] = new RegExp(`\\| \`${act}\` +\\| ([^|]+?) +\\| ([^|]+?) +\\|`).exec(table) ?? [];
      expect({ act, from, to }).toEqual({ act, from: machine[act]?.from.join(', '), to: machine[act]?.to });
    }
  });
});
