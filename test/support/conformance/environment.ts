import { TestEnvironment } from 'jest-environment-node';
import { readDocument } from '../api-documents';
import { Conformance } from './conformance';
import type { Exchange } from './exchange';
import { watchedFetch } from './watched-fetch';

const FAULTS_SHOWN = 10;

/** The events of the runner that are heard here. */
interface RunnerEvent {
  name: string;
  test?: { errors: unknown[] };
}

/**
 * Made once in each worker: reading the documents and compiling their schemas costs more than all their use, and
 * the modules of a test file are loaded anew for each file. Those of its environment are not.
 */
const conformance = new Conformance([
  { name: 'owner', document: readDocument('owner'), roots: ['/api/v1'] },
  { name: 'workspace', document: readDocument('workspace'), roots: ['/accounts', '/products', '/sessions'] },
  { name: 'platform', document: readDocument('platform'), roots: ['/customers', '/raas/v2', '/oauth'] },
  { name: 'admin', document: readDocument('admin'), roots: ['/admin', '/kyc'] },
]);

/** Node, with every answer of every test held against the API documents: one that they do not allow fails the test. */
export default class ConformanceEnvironment extends TestEnvironment {
  private faults: string[] = [];
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

  async handleTestEvent(event: RunnerEvent, state: { unhandledErrors: unknown[] }): Promise<void> {
    // A test's hooks have run by then; what comes after the last test is the file's.
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
    // Where it was found says nothing; what was found says all.
    error.stack = error.message;
    errors.push(error);
  }
}
