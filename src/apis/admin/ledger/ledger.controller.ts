import { Controller, createParamDecorator, type ExecutionContext, Get } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LedgerVerifier } from '../../../ledger/reports/ledger-verifier.service.js';
import { TrialBalances } from '../../../ledger/reports/trial-balance.service.js';
import { parsePlatformId, PLATFORM_ID_PATTERN } from '../../../shared/object-id.js';
import { AdminRead } from '../admin-operation.decorator.js';
import {
  LedgerVerificationResponse,
  presentTrialBalance,
  presentVerdict,
  TrialBalanceResponse,
} from './ledger.dto.js';
import { QueryReader } from '../query-reader.js';

interface LedgerRequest {
  platformId: string | null;
  currencyCode: string | null;
}

/** Reads the query parameters of a ledger report. @throws AppError validation_failed */
const LedgerQuery = createParamDecorator(
  (known: readonly string[], context: ExecutionContext): LedgerRequest => {
    const { query } = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
    const reader = new QueryReader(query);
    const platformId = reader.read('platform', 'must be an id plt_…', parsePlatformId);
    const currencyCode = reader.read('currency', 'must be a currency code', parseCurrency);
    reader.finish(known);
    return { platformId, currencyCode };
  },
);

/** Resolves when the client has disconnected. */
const CallerGone = createParamDecorator((_: unknown, context: ExecutionContext): (() => boolean) => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  return () => raw.destroyed;
});

@ApiTags('Ledger')
@Controller('admin/ledger')
export class AdminLedgerController {
  constructor(
    private readonly trialBalances: TrialBalances,
    private readonly verifier: LedgerVerifier,
  ) {}

  @Get('trial-balance')
  @AdminRead({
    operationId: 'getTrialBalance',
    summary: 'Get a trial balance',
    description:
      'What all accounts hold, per platform and currency. Every transfer takes from one account what it gives to ' +
      'another, so `unbalanced` is zero. Sums are decimal text, as they may have more digits than a JSON number holds.',
    refusals: ['validation_failed'],
  })
  @ApiQuery({
    name: 'platform',
    required: false,
    description: 'Of this platform.',
    schema: { type: 'string', pattern: PLATFORM_ID_PATTERN },
  })
  @ApiQuery({
    name: 'currency',
    required: false,
    description: 'In this currency.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({ type: TrialBalanceResponse, description: 'The sums.' })
  async trialBalance(
    @LedgerQuery(['platform', 'currency']) { platformId, currencyCode }: LedgerRequest,
  ): Promise<TrialBalanceResponse> {
    return presentTrialBalance(await this.trialBalances.get(platformId, currencyCode));
  }

  @Get('verify')
  @AdminRead({
    operationId: 'verifyLedger',
    summary: 'Verify the ledger',
    description:
      'Replays every transfer against every balance, in one snapshot while postings go on, and names the first twenty ' +
      'things that do not hold. Millions of transfers take minutes: give the call that time, or use the command line. ' +
      'One at a time: `409` with the state `verifying` while another one runs in the same process.',
    refusals: ['validation_failed', 'object_not_found', 'transition_not_allowed'],
    refusedIn: { state: 'verifying', allowedActs: [] },
  })
  @ApiQuery({
    name: 'platform',
    required: false,
    description: 'This platform only.',
    schema: { type: 'string', pattern: PLATFORM_ID_PATTERN },
  })
  @ApiOkResponse({ type: LedgerVerificationResponse, description: 'What was found, clean or not.' })
  async verify(
    @LedgerQuery(['platform']) { platformId }: LedgerRequest,
    @CallerGone() isCancelled: () => boolean,
  ): Promise<LedgerVerificationResponse> {
    return presentVerdict(await this.verifier.verify({ platformId, isCancelled }));
  }
}

function parseCurrency(text: string): string | null {
  return /^[A-Za-z0-9]{2,10}$/.test(text) ? text.toUpperCase() : null;
}
