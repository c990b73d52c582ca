import { TestEnvironment } from 'jest-environment-node';
import { readDocument } from '../api-documents';
import { endHandles, openHandles } from '../leftovers/open-handles.cjs';
import { Conformance } from './conformance';
import type { Exchange } from './exchange';
import { watchedFetch } from './watched-fetch';

const FAULTS_SHOWN = 10;

/** The events of the test runner that are handled here. */
interface RunnerEvent {
  name: string;
  test?: { errors: unknown[] };
}

/**
 * Created once in each worker: reading the documents and compiling their schemas costs more than using them, and the
 * modules of a test file are loaded anew for each file. Those of its environment are not.
 */
const conformance = new Conformance([
  { name: 'owner', document: readDocument('owner'), roots: ['/api/v1'] },
  { name: 'workspace', document: readDocument('workspace'), roots: ['/accounts', '/products', '/sessions'] },
  { name: 'platform', document: readDocument('platform'), roots: ['/customers', '/raas/v2', '/oauth'] },
  { name: 'admin', document: readDocument('admin'), roots: ['/admin', '/kyc'] },
]);

/**
 * A Node environment that checks every response of every test against the API documents; a violation fails the test.
 * At the end of a file it ends the programs and servers that the file has left, because a hook has failed.
 */
export default class ConformanceEnvironment extends TestEnvironment {
  private faults: string[] = [];
  private readonly openBefore = openHandles();
  private readonly underWay = new Set<Promise<void>>();

  override async setup(): Promise<void> {
    await super.setup();
    const observe = (exchange: Exchange): void => {
      this.faults.push(...conformance.faultsOf(exchange));
    };
    this.global.observeExchange = observe;
    const strangers = new Set<string>();
    this.global.leaveUnwatched = (url: string): void => {
      strangers.add(new URL(url).host);
    };
    this.global.fetch = watchedFetch(this.global.fetch, strangers, (reading) => {
      const done = reading.then(observe, () => undefined).finally(() => this.underWay.delete(done));
      this.underWay.add(done);
    });
  }

  override async teardown(): Promise<void> {
    for (const left of endHandles(this.openBefore)) process.stderr.write(`A test file left open ${left}\n`);
    await super.teardown();
  }

  async handleTestEvent(event: RunnerEvent, state: { unhandledErrors: unknown[] }): Promise<void> {
    // The hooks of the test have run by then. Faults after the last test are reported for the file.
    if (event.name === 'test_done') await this.blame(event.test?.errors ?? state.unhandledErrors);
    if (event.name === 'run_finish') await this.blame(state.unhandledErrors);
  }

  private async blame(errors: unknown[]): Promise<void> {
    await Promise.all(this.underWay);
    const faults = [...new Set(this.faults)];
    this.faults = [];
    if (faults.length === 0) return;
    const shown = faults.slice(0, FAULTS_SHOWN).join('\n');
    const error = new Error(`${faults.length} answers are not what the API documents say\n${shown}`);
    // The stack has no useful location; the message has everything.
    error.stack = error.message;
    errors.push(error);
  }
}
