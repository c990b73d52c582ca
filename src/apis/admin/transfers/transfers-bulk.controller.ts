import { Controller, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminBulk } from '../admin-operation.decorator.js';
import { BulkDocs, describeBulk } from '../bulk/bulk.docs.js';
import { BulkCalls } from '../bulk/bulk.service.js';
import { Bulk, type BulkCall } from '../bulk/bulk-call.decorator.js';
import { PostedLineResponse } from '../bulk/verdict.dto.js';
import { TransferLineRequest } from './transfer-line.dto.js';
import { TransferLines } from './transfer-lines.service.js';
import { POSTING_REFUSALS } from './transfers.controller.js';

const DESCRIPTION = describeBulk(
  'Posts transfers, each between two accounts of one platform and currency, and each a journal of its own.',
  [
    ...POSTING_REFUSALS,
    ...(['currency_mismatch', 'reference_taken', 'idempotency_key_reused', 'payload_too_large'] as const),
  ],
);

@ApiTags('Transfers')
@Controller('admin/transfers')
export class AdminTransfersBulkController {
  constructor(
    private readonly calls: BulkCalls,
    private readonly lines: TransferLines,
  ) {}

  @Post('bulk')
  @AdminBulk({
    operationId: 'postTransfersInBulk',
    summary: 'Post transfers in bulk',
    description: DESCRIPTION,
  })
  @BulkDocs([TransferLineRequest], PostedLineResponse)
  async post(
    @Bulk() bulk: BulkCall,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { status, file } = await this.calls.answer(this.lines, bulk);
    void reply.status(status);
    return file;
  }
}
