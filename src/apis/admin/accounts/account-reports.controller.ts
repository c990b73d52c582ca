import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AccountBalances, type BalanceTime } from '../../../ledger/reports/account-balance.service.js';
import { AccountStatements } from '../../../ledger/reports/account-statement.service.js';
import { VaryByAccept } from '../../../http/constant-header.decorator.js';
import { type TenantObject, toTenantId } from '../../../shared/object-id.js';
import { AdminRead } from '../admin-operation.decorator.js';
import { IdParam, TenantId } from '../path-ids.js';
import { BalanceQuery, BalanceResponse, presentBalance } from './balance.dto.js';
import { BalanceDocs, StatementDocs } from './account-reports.docs.js';
import { toCsvStream } from './statement-csv.js';
import { type StatementFormat, StatementQuery, type StatementRequest } from './statement-query.js';
import { presentStatement, type StatementResponse } from './statement.dto.js';

/** Lines that are read at a time for a CSV. */
const CSV_BATCH = 1_000;

@ApiTags('Accounts')
@Controller('admin/accounts')
export class AdminAccountReportsController {
  constructor(
    private readonly statements: AccountStatements,
    private readonly balances: AccountBalances,
  ) {}

  private readonly answers: Record<
    StatementFormat,
    (request: StatementRequest) => Promise<StatementResponse | StreamableFile>
  > = {
    json: (request) => this.page(request),
    csv: (request) => this.csv(request),
  };

  @Get(':id/statement')
  @AdminRead({
    operationId: 'getAccountStatement',
    summary: 'Get an account statement',
    description:
      'Every transfer of a period in the order of posting, each with the posted balance after it. What is posted while ' +
      'one pages changes no page.\n\nAs CSV (`format=csv`, or `Accept: text/csv`) all lines of the period come at once, ' +
      'between a row with the opening balance and one with the closing balance; a file without that last row was cut ' +
      'off. A text that a spreadsheet would take for a formula has an apostrophe before it.',
    refusals: ['object_not_found', 'validation_failed'],
  })
  @StatementDocs()
  @VaryByAccept()
  async statement(@StatementQuery() request: StatementRequest): Promise<StatementResponse | StreamableFile> {
    return this.answers[request.format](request);
  }

  @Get(':id/balance')
  @AdminRead({
    operationId: 'getAccountBalance',
    summary: 'Get a balance',
    description:
      'Without a parameter the present. With `at` what was posted by that moment. With `effectiveDate` the sum of the ' +
      'transfers that count for that day or earlier, whenever they were posted; days are those of UTC.',
    refusals: ['object_not_found', 'validation_failed', 'balance_limit_exceeded'],
  })
  @IdParam('acc_1_1')
  @BalanceDocs()
  @ApiOkResponse({ type: BalanceResponse, description: 'The balance.' })
  async balance(
    @TenantId('acc') account: TenantObject,
    @BalanceQuery() time: BalanceTime,
  ): Promise<BalanceResponse> {
    return presentBalance(await this.balances.get(account, time));
  }

  private async page({ order, limit }: StatementRequest): Promise<StatementResponse> {
    const statement = await this.statements.open(order);
    const page = await this.statements.page(statement, order.resume?.after ?? null, limit);
    return presentStatement(order, statement, page);
  }

  private async csv({ order }: StatementRequest): Promise<StreamableFile> {
    const statement = await this.statements.open(order);
    const name = `statement-${toTenantId('acc', order.account.platformId, order.account.id)}.csv`;
    return new StreamableFile(toCsvStream(statement, this.statements.pages(statement, CSV_BATCH)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${name}"`,
    });
  }
}
