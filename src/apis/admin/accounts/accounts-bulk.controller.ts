import { Controller, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminBulk } from '../admin-operation.decorator.js';
import { BulkDocs, describeBulk } from '../bulk/bulk.docs.js';
import { BulkCalls } from '../bulk/bulk.service.js';
import { Bulk, type BulkCall } from '../bulk/bulk-call.decorator.js';
import { OpenedLineResponse } from '../bulk/verdict.dto.js';
import {
  OwnerAccountLineRequest,
  PlatformAccountLineRequest,
  WorkspaceAccountLineRequest,
} from './account-line.dto.js';
import { AccountLines } from './account-lines.service.js';

const DESCRIPTION = describeBulk(
  'Opens accounts for any of the three APIs, by the same rules as there and with the same verdicts on the audit trail.',
  [
    ...(['customer_not_found', 'object_not_found', 'currency_malformed', 'platform_not_verified'] as const),
    ...(['customer_suspended', 'kyc_not_approved', 'currency_not_available', 'product_not_found'] as const),
    ...(['product_not_available', 'account_exists', 'account_limit_reached'] as const),
    ...(['account_identifier_taken', 'idempotency_key_reused', 'payload_too_large'] as const),
  ],
);

@ApiTags('Accounts')
@Controller('admin/accounts')
export class AdminAccountsBulkController {
  constructor(
    private readonly calls: BulkCalls,
    private readonly lines: AccountLines,
  ) {}

  @Post('bulk')
  @AdminBulk({
    operationId: 'openAccountsInBulk',
    summary: 'Open accounts in bulk',
    description: DESCRIPTION,
  })
  @BulkDocs(
    [OwnerAccountLineRequest, WorkspaceAccountLineRequest, PlatformAccountLineRequest],
    OpenedLineResponse,
  )
  async open(
    @Bulk() bulk: BulkCall,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { status, file } = await this.calls.answer(this.lines, bulk);
    void reply.status(status);
    return file;
  }
}
