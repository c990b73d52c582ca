import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SCOPES } from '../../src/auth/caller.js';
import { CredentialsService, type IssuedCredential } from '../../src/auth/credentials.service.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { Customer } from '../../src/entities/customer.entity.js';
import { Platform } from '../../src/entities/platform.entity.js';
import { Workspace } from '../../src/entities/workspace.entity.js';

export type Headers = Record<string, string>;

let counter = 0;
const next = (): string => String(++counter).padStart(4, '0');

/** Makes tenants, customers and credentials with sensible defaults; what a test names is what it is about. */
export class Factories {
  private readonly dataSource: DataSource;

  constructor(private readonly app: INestApplicationContext) {
    this.dataSource = app.get(DataSource);
  }

  /** Verified, KYC delegated, at home in the US. */
  async aPlatform(with_: Partial<Platform> = {}): Promise<Platform> {
    const platform = this.dataSource.manager.create(Platform, {
      ...{ id: await this.nextId('platforms_id_seq'), name: `Platform ${next()}`, status: 'verified' },
      ...{ kycAgreement: 'delegated', homeJurisdictionCode: 'US', createdAt: new Date() },
      ...with_,
    });
    await this.dataSource.manager.insert(Platform, platform);
    return platform;
  }

  /** Active, approved, resident in South Africa, of a platform of its own. */
  async aCustomer(with_: Partial<Customer> = {}): Promise<Customer> {
    const number = next();
    const kycStatus = with_.kycStatus ?? 'approved';
    const customer = this.dataSource.manager.create(Customer, {
      ...{
        platformId: with_.platformId ?? (await this.aPlatform()).id,
        id: await this.nextId('customers_id_seq'),
      },
      ...{ identifier: `customer-${number}`, displayName: `Customer ${number}`, status: 'active', kycStatus },
      ...{ kycEvidence: kycStatus === 'approved' ? 'test' : null, countryOfResidence: 'ZA' },
      ...{ jurisdictionOverride: null, createdAt: new Date(), updatedAt: new Date() },
      ...with_,
    });
    await this.dataSource.manager.insert(Customer, customer);
    return customer;
  }

  /** A key of the customer with every scope. */
  async anOwnerKey(customer: Customer, scopes: readonly string[] = SCOPES): Promise<IssuedCredential> {
    return this.issue('owner', customer.platformId, customer.id, scopes);
  }

  async ownerHeaders(customer: Customer, scopes?: readonly string[]): Promise<Headers> {
    const { key, secret } = await this.anOwnerKey(customer, scopes);
    return { 'x-api-key': key, 'x-api-secret': secret };
  }

  /** A key of the platform with every scope. */
  async aPlatformKey(platformId: string, scopes: readonly string[] = SCOPES): Promise<IssuedCredential> {
    return this.issue('platform', platformId, null, scopes);
  }

  async platformHeaders(platformId: string, scopes?: readonly string[]): Promise<Headers> {
    const { key, secret } = await this.aPlatformKey(platformId, scopes);
    return { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
  }

  async aWorkspace({ platformId, id: customerId }: Customer): Promise<Workspace> {
    const workspace = this.dataSource.manager.create(Workspace, {
      ...{ platformId, id: await this.nextId('workspaces_id_seq'), customerId, createdAt: new Date() },
    });
    await this.dataSource.manager.insert(Workspace, workspace);
    return workspace;
  }

  /** Tokens of a session held to one workspace, or with null to none. */
  async aSession(platformId: string, workspaceId: string | null) {
    return this.app
      .get(UnitOfWork)
      .run((tx) => this.app.get(SessionsService).begin(tx, platformId, workspaceId));
  }

  /** The headers of a session held to the workspace. */
  async workspaceHeaders({ platformId, id }: Workspace): Promise<Headers> {
    const { accessToken } = await this.aSession(platformId, id);
    return { authorization: `Bearer ${accessToken}`, 'workspace-id': id };
  }

  private async issue(
    kind: 'owner' | 'platform',
    platformId: string,
    customerId: string | null,
    scopes: readonly string[],
  ): Promise<IssuedCredential> {
    const wanted = { kind, platformId, customerId, scopes, expiresAt: null };
    return this.app.get(UnitOfWork).run((tx) => this.app.get(CredentialsService).issue(tx, wanted));
  }

  private async nextId(sequence: string): Promise<string> {
    const [{ id }] = await this.dataSource.query<[{ id: string }]>(`SELECT nextval('${sequence}') AS id`);
    return id;
  }
}
