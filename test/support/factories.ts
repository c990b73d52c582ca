import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OWNER_SCOPES, SCOPES } from '../../src/auth/caller.js';
import { systemContext } from '../../src/audit/audit-context.js';
import { AdminsService } from '../../src/auth/admins.service.js';
import {
  CredentialAdministration,
  type IssuedCredential,
  type NewCredential,
} from '../../src/auth/credential-administration.service.js';
import { SessionsService } from '../../src/auth/sessions.service.js';
import { ChangeFeed } from '../../src/database/change-feed.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { AdminRole } from '../../src/entities/admin.entity.js';
import { Customer } from '../../src/entities/customer.entity.js';
import { Platform } from '../../src/entities/platform.entity.js';
import { Workspace } from '../../src/entities/workspace.entity.js';
import type { BANK_APIS } from './api-documents.js';

export type KeyHeaders = Record<string, string>;

const TEST_ACT = systemContext('test', 'a test');

let counter = 0;
const next = (): string => String(++counter).padStart(4, '0');

/** Creates tenants, customers and credentials with defaults; a test names only the properties it is about. */
export class Factories {
  private readonly dataSource: DataSource;

  constructor(private readonly app: INestApplicationContext) {
    this.dataSource = app.get(DataSource);
  }

  /** Defaults: verified, KYC delegated, home jurisdiction US. */
  async aPlatform(with_: Partial<Platform> = {}): Promise<Platform> {
    const platform = this.dataSource.manager.create(Platform, {
      id: await this.nextId('platforms_id_seq'),
      name: `Platform ${next()}`,
      status: 'verified',
      kycAgreement: 'delegated',
      homeJurisdictionCode: 'US',
      kycExpiryRestrictsDebits: false,
      createdAt: new Date(),
      updatedAt: new Date(),
      ...with_,
    });
    await this.dataSource.manager.insert(Platform, platform);
    return platform;
  }

  /** Defaults: active, approved, resident in South Africa, on a new platform. */
  async aCustomer(with_: Partial<Customer> = {}): Promise<Customer> {
    const number = next();
    const kycStatus = with_.kycStatus ?? 'approved';
    const customer = this.dataSource.manager.create(Customer, {
      platformId: with_.platformId ?? (await this.aPlatform()).id,
      id: await this.nextId('customers_id_seq'),
      identifier: `customer-${number}`,
      displayName: `Customer ${number}`,
      status: 'active',
      kycStatus,
      kycEvidence: kycStatus === 'approved' ? 'test' : null,
      countryOfResidence: 'ZA',
      email: null,
      kycProvider: null,
      kycReviewer: null,
      kycReason: null,
      kycDecidedAt: null,
      kycExpiresAt: null,
      debitsRestricted: false,
      jurisdictionOverride: null,
      createdAt: new Date(),
      updatedAt: new Date(),
      ...with_,
    });
    await this.dataSource.manager.insert(Customer, customer);
    return customer;
  }

  /** A key of the customer with every scope. */
  async anOwnerKey(customer: Customer, scopes: readonly string[] = OWNER_SCOPES): Promise<IssuedCredential> {
    return this.issue('owner', customer.platformId, customer.id, scopes);
  }

  async ownerHeaders(customer: Customer, scopes?: readonly string[]): Promise<KeyHeaders> {
    const { key, secret } = await this.anOwnerKey(customer, scopes);
    return { 'x-api-key': key, 'x-api-secret': secret };
  }

  /** A key of the platform with every scope. */
  async aPlatformKey(platformId: string, scopes: readonly string[] = SCOPES): Promise<IssuedCredential> {
    return this.issue('platform', platformId, null, scopes);
  }

  async platformHeaders(platformId: string, scopes?: readonly string[]): Promise<KeyHeaders> {
    const { key, secret } = await this.aPlatformKey(platformId, scopes);
    return { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
  }

  async aWorkspace({ platformId, id: customerId }: Customer): Promise<Workspace> {
    const workspace = this.dataSource.manager.create(Workspace, {
      platformId,
      id: await this.nextId('workspaces_id_seq'),
      customerId,
      createdAt: new Date(),
    });
    await this.dataSource.manager.insert(Workspace, workspace);
    return workspace;
  }

  /** The tokens of a session limited to one workspace, or with `null` to none. */
  async aSession(platformId: string, workspaceId: string | null) {
    const sessions = this.app.get(SessionsService);
    const begun = await this.app.get(UnitOfWork).run((tx) => sessions.begin(tx, platformId, workspaceId));
    return { ...begun, accessToken: await sessions.issueAccessToken(platformId, begun.sessionId) };
  }

  /** The headers of a session limited to the workspace. */
  async workspaceHeaders({ platformId, id }: Workspace): Promise<KeyHeaders> {
    const { accessToken } = await this.aSession(platformId, id);
    return { authorization: `Bearer ${accessToken}`, 'workspace-id': id };
  }

  /** Headers of a caller of each API; those of the tenants' APIs belong to one customer. */
  async headersOfEveryApi(): Promise<Record<(typeof BANK_APIS)[number], KeyHeaders>> {
    const customer = await this.aCustomer();
    return {
      owner: await this.ownerHeaders(customer),
      workspace: await this.workspaceHeaders(await this.aWorkspace(customer)),
      platform: await this.platformHeaders(customer.platformId),
      admin: await this.adminHeaders(),
    };
  }

  /** A credential with the given limits. */
  async aCredential(with_: Pick<NewCredential, 'platformId' | 'kind'> & Partial<NewCredential>) {
    const unlimited = { expiresAt: null, allowedCurrencies: null, allowedNetworks: null };
    const wanted = {
      name: `key ${next()}`,
      customerId: null,
      adminId: null,
      scopes: [],
      ...unlimited,
      ...with_,
    };
    return this.app
      .get(UnitOfWork)
      .run((tx) => this.app.get(CredentialAdministration).issue(tx, wanted, TEST_ACT));
  }

  /**
   * Lets every admin post any amount without an approval. Call it before anything is posted, because limits are cached.
   */
  async noPostingLimits(): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO posting_limits (role, currency_code, limit_minor, updated_at)
       SELECT role, code, 999999999999999, now() FROM currencies, unnest(ARRAY['operator', 'approver']) AS role`,
    );
  }

  /** Clears the cache of credentials, after a change that was not announced. */
  async forgetCredentials(): Promise<void> {
    const feed = this.app.get(ChangeFeed);
    await this.dataSource.transaction((tx) => feed.announce(tx, 'credentials'));
    await feed.catchUp();
  }

  /** Revokes a credential like an admin does. */
  async revoke(name: Pick<IssuedCredential, 'platformId' | 'id'>): Promise<void> {
    const credentials = this.app.get(CredentialAdministration);
    await this.app.get(UnitOfWork).run(async (tx) => {
      const [credential] = await credentials.lock(tx, [name]);
      if (!credential) throw new Error('no such credential');
      await credentials.revoke(tx, credential, TEST_ACT);
    });
  }

  /** The first credential of a new admin with this role. */
  async anAdmin(role: AdminRole = 'approver'): Promise<IssuedCredential> {
    const wanted = { name: `Admin ${next()}`, role };
    return this.app.get(UnitOfWork).run((tx) => this.app.get(AdminsService).create(tx, wanted, TEST_ACT));
  }

  async adminHeaders(role: AdminRole = 'approver'): Promise<KeyHeaders> {
    const { key, secret } = await this.anAdmin(role);
    return { 'x-api-key': key, 'x-api-secret': secret };
  }

  private async issue(
    kind: 'owner' | 'platform',
    platformId: string,
    customerId: string | null,
    scopes: readonly string[],
  ): Promise<IssuedCredential> {
    return this.aCredential({ kind, platformId, customerId, scopes });
  }

  private async nextId(sequence: string): Promise<string> {
    const [{ id }] = await this.dataSource.query<[{ id: string }]>(`SELECT nextval('${sequence}') AS id`);
    return id;
  }
}
