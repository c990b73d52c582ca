import type { DemoOperators } from '../../src/demo/demo-file.js';
import { prepareDemo } from '../../src/demo/demo.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.service.js';
import { callsIn, readDocument, resolve } from './api-documents.js';
import { AdminClient } from './admin.js';
import { until } from './until.js';
import { openFolder } from './program.js';
import type { World } from './world.js';

const ADDRESS = 'treasury@brook.example';

/** A new demo, with one object of every kind that operations of the admin API name. */
export class PrefilledDemo {
  private constructor(
    private readonly world: World,
    private readonly admin: AdminClient,
    readonly operators: DemoOperators,
  ) {}

  /** @param folder where the demo's files are written */
  static async of(world: World, folder = openFolder()): Promise<PrefilledDemo> {
    const { demo: file, operators } = await prepareDemo(world.app, { folder, baseUrl: 'http://127.0.0.1' });
    const { admin, platform } = file;
    const client = new AdminClient(world, { 'x-api-key': admin.key, 'x-api-secret': admin.secret });
    const demo = new PrefilledDemo(world, client, operators);
    await demo.fill(platform);
    return demo;
  }

  /** Values of existing objects for the parameters in a path, except those that are a choice. */
  async idsFor({ path, choices }: Pick<PrefilledCall, 'path' | 'choices'>): Promise<Record<string, string>> {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const ids = names.filter((name) => !(name in choices));
    return Object.fromEntries(
      await Promise.all(ids.map(async (name) => [name, await this.idFor(path, name)])),
    );
  }

  private async idFor(path: string, name: string): Promise<string> {
    const [, , collection = ''] = path.split('/');
    if (name === 'provider') return 'acme';
    if (name === 'currency') return 'GBP';
    if (name === 'code') return collection === 'jurisdictions' ? 'DE' : 'GBP';
    const { body } = await this.admin.get(`/${collection}?limit=1`);
    return String(body.items[0].id);
  }

  private async fill({ key, secret, customerIdentifier }: Record<string, string>): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
    for (const accountIdentifier of ['brook-1', 'brook-2']) {
      const answer = await this.world.send('POST', `/customers/${customerIdentifier}/accounts`, {
        headers: { authorization },
        body: {
          accountIdentifier,
          displayName: 'Brook operating',
          contactEmail: ADDRESS,
          fundingNotification: [{ emailAddress: ADDRESS }],
        },
      });
      if (answer.status !== 201) throw new Error(`no account was opened: ${answer.text}`);
    }
    const [account] = (await this.admin.get('/accounts?channel=platform&limit=1')).body.items;
    const money = { account: account.id, amount: 1_000 };
    await this.make('/deposits', money);
    await this.make('/holds', money);
    await this.make('/adjustments', { ...money, direction: 'credit' });
    await this.world.app.get(EventDispatcher).dispatchAll();
    // Created after the events, so that nothing is delivered to it.
    await this.make('/webhooks', { platform: account.platform, url: 'https://hooks.example/vostro' });
  }

  private async make(path: string, body: object): Promise<void> {
    const answer = await this.admin.post(path, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  }

  /** Waits until the consequences of the setup, such as the sealing of the audit trail, are done. */
  async settled(): Promise<void> {
    const none = async (table: string, where = 'true') => (await this.world.count(table, where)) === 0;
    await until(
      async () =>
        (await none('audit_unsealed')) &&
        (await none('events', 'dispatched_at IS NULL')) &&
        (await none('emails', `status = 'pending'`)),
    );
  }
}

export interface PrefilledCall {
  tag: string;
  path: string;
  operationId: string;
  /** Values for the choices in its path, by name. */
  choices: Record<string, string>;
  /** Whether its form requires input before it can be sent. */
  needsInput: boolean;
  hasReason: boolean;
}

/** Every operation of the admin document except GET. */
export function prefilledCalls(): PrefilledCall[] {
  const document = readDocument('admin');
  const calls = callsIn(document).filter(({ method }) => method !== 'get');
  return calls.map(({ path, operation }) => {
    const parameters = (operation.parameters ?? []).map((one: object) => resolve(document, one));
    const required = parameters.filter((one: { required?: boolean }) => one.required === true);
    const choices = required.filter(({ schema }: { schema: { enum?: string[] } }) => schema.enum);
    return {
      tag: operation.tags[0],
      path,
      operationId: operation.operationId,
      choices: Object.fromEntries(
        choices.map((one: { name: string; schema: { enum: string[] } }) => [one.name, one.schema.enum[0]]),
      ),
      needsInput: required.length > 0,
      hasReason: JSON.stringify(operation.requestBody.content).includes('"<why you do this>"'),
    };
  });
}
