import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EFFECTIVE_JURISDICTION_SQL } from '../customers/customer-eligibility.js';
import { Jurisdiction } from '../entities/jurisdiction.entity.js';
import { AppError } from '../shared/app-error.js';

const MAX_LISTED = 100;

export interface PlannedChange {
  enable: readonly string[];
  disable: readonly string[];
}

export interface ChangePreview {
  jurisdictionCode: string;
  /** The planned codes that are not enabled yet; `disable`: the planned codes that are enabled. */
  enable: string[];
  disable: string[];
  /** Number of customers in this effective jurisdiction; 0 when the plan changes nothing. */
  customersTotal: number;
  customers: { platformId: string; id: string; displayName: string; accounts: number }[];
  /** Number of open accounts in a currency that would be disabled in their holder's jurisdiction. */
  accountsTotal: number;
  accounts: { platformId: string; id: string; channel: string; currencyCode: string; customerId: string }[];
}

const FROM = `customers c JOIN platforms p ON p.id = c.platform_id`;
const ACCOUNTS = `FROM accounts a JOIN ${FROM} ON c.platform_id = a.platform_id AND c.id = a.customer_id
  WHERE ${EFFECTIVE_JURISDICTION_SQL} = $1 AND a.currency_code = ANY($2::text[]) AND a.status <> 'closed'`;

/** Previews which customers and accounts a change of a jurisdiction's currencies would affect. Writes nothing. */
@Injectable()
export class JurisdictionPreview {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws AppError object_not_found */
  async preview(jurisdictionCode: string, planned: PlannedChange): Promise<ChangePreview> {
    if (!(await this.dataSource.manager.existsBy(Jurisdiction, { code: jurisdictionCode })))
      throw new AppError('object_not_found');
    const enabled = await this.enabledIn(jurisdictionCode);
    const enable = planned.enable.filter((code) => !enabled.has(code));
    const disable = planned.disable.filter((code) => enabled.has(code));
    const isChange = enable.length + disable.length > 0;
    return {
      jurisdictionCode,
      enable,
      disable,
      ...(await this.customersIn(isChange ? jurisdictionCode : '', disable)),
      ...(await this.accountsIn(jurisdictionCode, disable)),
    };
  }

  private async enabledIn(code: string): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ code: string }[]>(
      'SELECT currency_code AS code FROM jurisdiction_currencies WHERE jurisdiction_code = $1',
      [code],
    );
    return new Set(rows.map((row) => row.code));
  }

  private async customersIn(
    code: string,
    disable: string[],
  ): Promise<Pick<ChangePreview, 'customersTotal' | 'customers'>> {
    const [{ total }] = await this.dataSource.query<[{ total: number }]>(
      `SELECT count(*)::int AS total FROM ${FROM} WHERE ${EFFECTIVE_JURISDICTION_SQL} = $1`,
      [code],
    );
    const customers = await this.dataSource.query<ChangePreview['customers']>(
      `SELECT c.platform_id AS "platformId", c.id, c.display_name AS "displayName",
         (SELECT count(*)::int FROM accounts a WHERE a.platform_id = c.platform_id AND a.customer_id = c.id
            AND a.status <> 'closed' AND a.currency_code = ANY($2::text[])) AS accounts
       FROM ${FROM} WHERE ${EFFECTIVE_JURISDICTION_SQL} = $1 ORDER BY accounts DESC, c.id LIMIT $3`,
      [code, disable, MAX_LISTED],
    );
    return { customersTotal: total, customers };
  }

  private async accountsIn(
    code: string,
    disable: string[],
  ): Promise<Pick<ChangePreview, 'accountsTotal' | 'accounts'>> {
    const [{ total }] = await this.dataSource.query<[{ total: number }]>(
      `SELECT count(*)::int AS total ${ACCOUNTS}`,
      [code, disable],
    );
    const accounts = await this.dataSource.query<ChangePreview['accounts']>(
      `SELECT a.platform_id AS "platformId", a.id, a.channel, a.currency_code AS "currencyCode",
         a.customer_id AS "customerId" ${ACCOUNTS} ORDER BY a.id LIMIT $3`,
      [code, disable, MAX_LISTED],
    );
    return { accountsTotal: total, accounts };
  }
}
