import { BANK_APIS, callsIn, readDocument, resolve } from '../support/api-documents.js';
import { ClosedSchemas } from '../support/conformance/closed-schemas.js';
import type { Plans } from '../support/generated/plan.js';
import { ADMIN_MONEY_PLANS } from '../support/generated/plans-admin-money.js';
import { ADMIN_PARTY_PLANS } from '../support/generated/plans-admin-parties.js';
import { ADMIN_REST_PLANS } from '../support/generated/plans-admin-rest.js';
import { OWNER_PLANS } from '../support/generated/plans-owner.js';
import { PLATFORM_PLANS } from '../support/generated/plans-platform.js';
import { WORKSPACE_PLANS } from '../support/generated/plans-workspace.js';
import { OperationRunner } from '../support/generated/runner.js';
import { Seeds } from '../support/generated/seeds.js';
import { Recurring } from '../../src/shared/recurring.js';
import { createWorld, type World } from '../support/world.js';

/** Requests per operation; half of them are valid. */
const RUNS = Number(process.env.GENERATED_RUNS ?? 200);
const SEED = Number(process.env.GENERATED_SEED ?? Date.now() % 1_000_000);
/** The minimum share of valid requests that must succeed: the remaining ones violate a rule of the bank. */
const USUAL_SHARE = 0.5;
const SHOWN = 5;
const MS_PER_REQUEST = 100;

const PLANS: Record<(typeof BANK_APIS)[number], Plans> = {
  owner: OWNER_PLANS,
  workspace: WORKSPACE_PLANS,
  platform: PLATFORM_PLANS,
  admin: { ...ADMIN_MONEY_PLANS, ...ADMIN_PARTY_PLANS, ...ADMIN_REST_PLANS },
};

let world: World;
let seeds: Seeds;
beforeAll(async () => {
  process.stdout.write(`generated requests: GENERATED_SEED=${SEED} GENERATED_RUNS=${RUNS}\n`);
  // Recurring work does not run meanwhile: the tests call what the requests need.
  jest.spyOn(Recurring.prototype, 'start').mockReturnValue(undefined);
  world = await createWorld();
  seeds = await Seeds.of(world);
});
afterAll(() => world.close());

// The test environment checks that each response is one that the document declares.
describe.each(BANK_APIS)('Requests generated from the document of the %s API', (api) => {
  const document = readDocument(api);
  const schemas = new ClosedSchemas(document);
  const calls = callsIn(document).map((call) => {
    const parameters = (call.operation.parameters ?? []).map((one: unknown) => resolve(document, one));
    return { ...call, operation: { ...call.operation, parameters } };
  });

  it.each(calls.map((call) => [`${call.method} ${call.path}`, call] as const))(
    'are accepted by %s when they are valid, and refused when they are not',
    async (_name, call) => {
      const plan = PLANS[api][call.operation.operationId] ?? {};
      const runner = new OperationRunner(seeds, api, call, plan, document, schemas);
      const { accepted, valid, refusals, ...wrong } = await runner.run(RUNS, SEED);
      const { misjudged, letPass, failed, changed } = wrong;
      expect([...failed, ...letPass, ...misjudged].slice(0, SHOWN)).toEqual([]);
      expect(changed).toEqual([]);
      const share = plan.accepted?.share ?? USUAL_SHARE;
      expect({ refusals, isEnough: accepted / valid >= share }).toMatchObject({ isEnough: true });
    },
    RUNS * MS_PER_REQUEST + 30_000,
  );
});

describe('The plans', () => {
  it('exist only for operations of the documents', () => {
    for (const api of BANK_APIS) {
      const ids = callsIn(readDocument(api)).map(({ operation }) => operation.operationId);
      expect(Object.keys(PLANS[api]).filter((name) => !ids.includes(name))).toEqual([]);
    }
  });
});
