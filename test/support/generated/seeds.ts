import { systemContext } from '../../../src/audit/audit-context.js';
import type { Customer } from '../../../src/entities/customer.entity.js';
import type { Workspace } from '../../../src/entities/workspace.entity.js';
import { EventDispatcher } from '../../../src/events/event-dispatcher.service.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { fingerprintOf } from '../fingerprint.js';
import { KYC_SECRET } from '../test-environment.js';
import type { KeyHeaders } from '../factories.js';
import { Money, type TestAccount } from '../money.js';
import type { TestResponse, World } from '../world.js';

export { KYC_SECRET };
export const ACT = systemContext('test', 'generated requests');
const REASON = 'for generated requests';
const MUCH = 1_000_000;

/** Objects that exist while requests are generated, and factories of those that requests use up. */
export class Seeds {
  money!: Money;
  /** Approved, resident in the US, on a platform with delegated KYC. */
  customer!: Customer;
  /** Both with a balance of a million dollars. */
  account!: TestAccount;
  other!: TestAccount;
  workspace!: Workspace;
  admin!: KeyHeaders;
  /** Another approver: `admin` decides its requests. */
  asker!: KeyHeaders;
  /** A platform without any activity: `plt_…`. */
  empty!: string;
  private made = 0;

  private constructor(readonly world: World) {}

  static async of(world: World): Promise<Seeds> {
    const seeds = new Seeds(world);
    const { make } = world;
    seeds.money = new Money(world);
    seeds.customer = await make.aCustomer({ countryOfResidence: 'US' });
    seeds.account = await seeds.money.funded(MUCH, seeds.customer);
    seeds.other = await seeds.money.funded(MUCH, seeds.customer);
    seeds.workspace = await make.aWorkspace(seeds.customer);
    seeds.admin = await make.adminHeaders();
    seeds.asker = await make.adminHeaders();
    seeds.empty = `plt_${(await make.aPlatform()).id}`;
    return seeds;
  }

  /** A unique name. */
  name(prefix: string): string {
    return `${prefix}-${++this.made}`;
  }

  get platformId(): string {
    return this.customer.platformId;
  }

  get platform(): string {
    return `plt_${this.platformId}`;
  }

  /** Another customer of the platform. */
  aCustomer(with_: Partial<Customer> = {}): Promise<Customer> {
    return this.world.make.aCustomer({ platformId: this.platformId, countryOfResidence: 'US', ...with_ });
  }

  /** Creates an object as `asker`. @returns the body of the response @throws when it was refused */
  byAsker(path: string, body: object, method = 'POST'): Promise<TestResponse['body']> {
    return this.by(this.asker, path, body, method);
  }

  /** The same as `admin`, which sends the generated requests. */
  byAdmin(path: string, body: object, method = 'POST'): Promise<TestResponse['body']> {
    return this.by(this.admin, path, body, method);
  }

  private async by(
    headers: KeyHeaders,
    path: string,
    body: object,
    method: string,
  ): Promise<TestResponse['body']> {
    const sent = { headers, body: { reason: REASON, ...body } };
    const answer = await this.world.send(method, `/admin${path}`, sent);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  async anApiKey(): Promise<string> {
    const { platformId, customer } = this;
    return (await this.world.make.aCredential({ kind: 'owner', platformId, customerId: customer.id })).key;
  }

  async aPlatformCredential(): Promise<string> {
    const { platformId } = this;
    const { id } = await this.world.make.aCredential({ kind: 'platform', platformId, customerId: null });
    return toTenantId('crd', platformId, id);
  }

  /** A new account, for requests that change accounts. */
  anAccount(): Promise<TestAccount> {
    return this.money.account(this.customer);
  }

  /** Dispatches the events: e-mails and deliveries are queued. */
  async dispatch(): Promise<void> {
    await this.world.app.get(EventDispatcher).dispatchAll();
  }

  /** A checksum of each table, except audit and idempotency records. */
  async fingerprint(): Promise<Record<string, string>> {
    return fingerprintOf(this.world.dataSource, 'audit and idempotency');
  }

  async query(sql: string, parameters: unknown[] = []): Promise<void> {
    await this.world.dataSource.query(sql, parameters);
  }
}
