import type { Fault } from './fault.js';
import { type Observation, observe } from './observe.js';
import { FaultStage, MAX_CONNECTIONS } from './stage.js';

const OBSERVED_WITHIN_MS = 180_000;
/** Statuses that the API documents have for the requests of the load, and 0 for a connection that broke. */
const DOCUMENTED = [200, 201, 409, 503];
const WARNING = /"level":"(warn|error|fatal)"/;
const STACK = /"stack":|^\s+at .*:\d+:\d+\)?$/m;

/** Describes what a server must do while each fault happens, one fault after the other. */
export function describeFaults(faults: readonly Fault[]): void {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await FaultStage.open();
  }, OBSERVED_WITHIN_MS);
  afterAll(() => stage.close());

  describe.each(faults)('While $name', (fault) => {
    let observed: Observation;
    beforeAll(async () => {
      observed = await observe(stage, fault);
      process.stdout.write(`${fault.name}: ${summaryOf(observed)}\n`);
    }, OBSERVED_WITHIN_MS);

    it('the process goes on', () => {
      expect(observed).toMatchObject({ isAlive: true, isSameProcess: fault.isNewProcess !== true });
    });

    it('what is acknowledged happens once, and nothing else', () => {
      expect(observed.wrong).toEqual([]);
      expect(observed.acknowledged).toBeGreaterThan(0);
    });

    it('callers get documented responses, never 500, and each 503 says when to retry', () => {
      const allowed = fault.isNewProcess === true ? [0, ...DOCUMENTED] : DOCUMENTED;
      expect([...observed.statuses].filter(([status]) => !allowed.includes(status))).toEqual([]);
      expect(observed.hasRetryAfter).toBe(true);
    });

    it('`/health/ready` says whether the server can write', () => {
      if (fault.isWritable !== null) {
        expect(observed.hasWritten).toBe(fault.isWritable);
        expect([...observed.readyDuring]).toEqual([fault.isWritable ? 200 : 503]);
      }
      expect([...observed.readyAfter]).toEqual([200]);
    });

    it('the connections are as many as before, afterwards', () => {
      expect(observed.connections).toBeLessThanOrEqual(MAX_CONNECTIONS);
      expect(observed.sessions).toBeLessThanOrEqual(MAX_CONNECTIONS);
    });

    it('the log says what happened, without a stack and without a secret', () => {
      const { log } = observed;
      const warnings = log.split('\n').filter((line) => WARNING.test(line));
      if (fault.says === null) expect(warnings.filter((line) => !line.includes('change feed'))).toEqual([]);
      // Not with `toMatch`, which would print the whole log.
      else if (!fault.says.test(log)) expect(warnings).toContainEqual(expect.stringMatching(fault.says));
      expect(STACK.exec(log)?.[0]).toBeUndefined();
      expect(stage.secrets().filter((secret) => log.includes(secret))).toEqual([]);
    });
  });
}

function summaryOf({ statuses, acknowledged, inDoubt, recoveredAfterMs }: Observation): string {
  const counted = [...statuses].sort().map(([status, count]) => `${count} × ${status || 'no response'}`);
  return `${counted.join(', ')}; ${acknowledged} acknowledged, ${inDoubt} in doubt; ready again after ${recoveredAfterMs} ms`;
}
