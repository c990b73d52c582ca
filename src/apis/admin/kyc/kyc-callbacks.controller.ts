import { applyDecorators, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { CALLBACK_WINDOW_SECONDS, KycCallbacks } from '../../../customers/kyc-callbacks.service.js';
import { KYC_MACHINE } from '../../../customers/kyc-machine.js';
import { ANY_CALL_REFUSALS, WRITE_REFUSALS } from '../../../http/document-refusals.js';
import { fromStoredResponse } from '../../../http/thrown-response.js';
import { refusalIn } from '../../../shared/state-machine.js';
import { documentAdminRefusals } from '../admin-operation.decorator.js';
import { KYC_PATH } from '../errors.js';
import { tenantIdIn } from '../path-ids.js';
import { Callback, MESSAGE_ID_MAX, type CallbackCommand } from './callback.decorator.js';
import { KycCallbackRequest, KycCaseResponse } from './kyc.dto.js';

const ProviderParam = (): MethodDecorator =>
  ApiParam({
    name: 'provider',
    description: 'Name of the provider, as configured.',
    schema: { type: 'string' },
    example: 'demo',
  });

const DESCRIPTION =
  'For providers, signed as Standard Webhooks says: `Webhook-Signature` is `v1,` and the Base64 of HMAC-SHA-256 ' +
  'over `<Webhook-Id>.<Webhook-Timestamp>.<body>`. Its key is the bytes whose Base64 follows `whsec_` in the ' +
  'secret of the provider (`KYC_PROVIDERS`). ' +
  `A message is taken within ${CALLBACK_WINDOW_SECONDS} seconds of its timestamp and decided on once: the same ` +
  'message under the same `Webhook-Id`, signed with a new timestamp, is answered as the first time, also when ' +
  'that was 404 or 409. A message answered with 400 or 401 may be sent again.\n\n' +
  'A decision counts for the round of the case in which it was made: each reopening begins a round. Name the ' +
  '`round`, or else `decidedAt`; without both the message is taken to be as old as its timestamp.';

/** What belongs to a callback's part of the document. */
const CallbackDocs = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'receiveKycCallback',
      summary: 'Receive a KYC callback',
      description: DESCRIPTION,
    }),
    ApiSecurity('webhookSignature'),
    ProviderParam(),
    ApiHeader({
      name: 'Webhook-Id',
      required: true,
      description: 'Names the message; the same for its retries.',
      schema: { type: 'string', maxLength: MESSAGE_ID_MAX },
    }),
    ApiHeader({
      name: 'Webhook-Timestamp',
      required: true,
      description: 'When it was signed, in seconds since 1970.',
      schema: { type: 'integer' },
    }),
    ApiBody({ type: KycCallbackRequest }),
    ApiOkResponse({ type: KycCaseResponse, description: 'The case.' }),
    documentAdminRefusals(
      [
        'signature_invalid',
        'message_replayed',
        'object_not_found',
        'transition_not_allowed',
        'kyc_round_mismatch',
        ...WRITE_REFUSALS.filter((code) => !code.startsWith('idempotency')),
        ...ANY_CALL_REFUSALS,
      ],
      { path: `${KYC_PATH}/callbacks/demo`, refusedIn: refusalIn(KYC_MACHINE, 'approved') },
    ),
  );

const toDateOrNull = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

@ApiTags('KYC')
@Controller('kyc/callbacks')
export class KycCallbacksController {
  constructor(private readonly callbacks: KycCallbacks) {}

  @Post(':provider')
  @HttpCode(200)
  @CallbackDocs()
  async receive(@Callback() { message, body, answers }: CallbackCommand): Promise<never> {
    const { decision, evidence = null, reason = null, round = null } = body;
    const customer = tenantIdIn('caseId', 'kyc', body.caseId);
    const times = { expiresAt: toDateOrNull(body.expiresAt), decidedAt: toDateOrNull(body.decidedAt) };
    const found = { customer, decision, evidence, reason, round, ...times };
    throw fromStoredResponse(await this.callbacks.receive(message, found, answers), false);
  }
}
