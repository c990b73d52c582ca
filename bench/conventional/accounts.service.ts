import { createHash, randomUUID } from 'node:crypto';
import {
  ConflictException,
  ForbiddenException,
  Injectable,
  UnprocessableEntityException,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  ConventionalAccount,
  ConventionalAuditEntry,
  ConventionalBalance,
  ConventionalCustomer,
  ConventionalEvent,
  ConventionalIdempotencyRecord,
  ConventionalJurisdictionCurrency,
} from './entities.js';

export interface OpenedAccount {
  id: string;
  currency: string;
  balance: number;
  lockedBalance: number;
}

export interface OpeningRequest {
  customerId: string;
  currency: string;
  idempotencyKey: string | undefined;
}

/** Opens accounts in one transaction: first all checks, one query each, then all rows, saved one by one. */
@Injectable()
export class ConventionalAccountsService {
  constructor(private readonly dataSource: DataSource) {}

  async open(request: OpeningRequest): Promise<OpenedAccount> {
    return this.dataSource.transaction(async (manager) => {
      const known = await this.findAnswered(manager, request);
      if (known !== null) return known;
      await this.check(manager, request);
      return this.write(manager, request);
    });
  }

  private async findAnswered(manager: EntityManager, request: OpeningRequest): Promise<OpenedAccount | null> {
    const { customerId, idempotencyKey: key } = request;
    if (key === undefined) return null;
    const record = await manager.findOneBy(ConventionalIdempotencyRecord, { customerId, key });
    if (record === null) return null;
    if (record.requestHash !== hashOf(request)) throw new UnprocessableEntityException();
    return record.response as OpenedAccount;
  }

  private async check(manager: EntityManager, { customerId, currency }: OpeningRequest): Promise<void> {
    const customer = await manager.findOneByOrFail(ConventionalCustomer, { id: customerId });
    if (customer.status !== 'active' || customer.kycStatus !== 'approved') throw new ForbiddenException();
    const { jurisdiction } = customer;
    if (!(await manager.existsBy(ConventionalJurisdictionCurrency, { jurisdiction, currency })))
      throw new UnprocessableEntityException();
    if (await manager.existsBy(ConventionalAccount, { customerId, currency })) throw new ConflictException();
  }

  private async write(manager: EntityManager, request: OpeningRequest): Promise<OpenedAccount> {
    const { customerId, currency, idempotencyKey: key } = request;
    const account = await manager.save(
      manager.create(ConventionalAccount, { publicId: randomUUID(), customerId, currency, status: 'active' }),
    );
    await manager.save(
      manager.create(ConventionalBalance, { accountId: account.id, postedMinor: '0', lockedMinor: '0' }),
    );
    const response = { id: account.publicId, currency, balance: 0, lockedBalance: 0 };
    await manager.save(
      manager.create(ConventionalAuditEntry, {
        actor: customerId,
        action: 'account.opened',
        objectId: account.publicId,
        details: { customerId, currency },
      }),
    );
    await manager.save(
      manager.create(ConventionalEvent, { type: 'account.opened', data: response, dispatched: false }),
    );
    if (key !== undefined)
      await manager.save(
        manager.create(ConventionalIdempotencyRecord, {
          customerId,
          key,
          requestHash: hashOf(request),
          response,
        }),
      );
    return response;
  }
}

function hashOf({ currency }: OpeningRequest): string {
  return createHash('sha256').update(currency).digest('hex');
}
