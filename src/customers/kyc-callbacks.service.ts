import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Customer } from '../entities/customer.entity.js';
import { AppError, type ErrorCode } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject } from '../shared/object-id.js';
import { CustomerQueries, type CustomerRecord } from './customer-queries.service.js';
import { type DecidedMessage, KycMessages, type MessageKey } from './kyc-messages.service.js';
import { KycService } from './kyc.service.js';

/** Maximum difference, in either direction, between a message's timestamp and the server's clock. */
export const CALLBACK_WINDOW_SECONDS = 300;

/** A received message: its three headers and its raw body. */
export interface SignedMessage {
  provider: string;
  id: string | undefined;
  /** Seconds since 1970. */
  timestamp: string | undefined;
  /** One or more signatures `v1,<base64>`, separated by spaces. */
  signature: string | undefined;
  body: Buffer;
}

/** The decision of a provider. */
export interface ProviderDecision {
  customer: TenantObject;
  decision: 'submitted' | 'approved' | 'rejected';
  evidence: string | null;
  reason: string | null;
  expiresAt: Date | null;
  /** The KYC round that the decision is about; `null`: the provider did not send one. */
  round: number | null;
  /** `null`: the time of the signature is used, which is later for a retry. */
  decidedAt: Date | null;
}

/** A message with a valid signature (`assertGenuine`). */
export interface GenuineMessage extends MessageKey {
  requestId: string;
  signedAt: Date;
}

/** Serialisers of the responses to store. */
export interface AnswerForms {
  ofCase(customer: CustomerRecord): string;
  ofRefusal(error: AppError): string;
}

/** Final refusals: their response is stored, and every retry gets the same one. */
const FINAL_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'object_not_found',
  'kyc_round_mismatch',
  'transition_not_allowed',
]);
const TRANSITION_OF = { submitted: 'submit', approved: 'approve', rejected: 'reject' } as const;

/**
 * Callbacks of KYC providers, signed as in the Standard Webhooks specification: HMAC-SHA-256 over
 * `<id>.<timestamp>.<body>` with the decoded bytes of the provider's secret as the key.
 */
@Injectable()
export class KycCallbacks implements OnModuleInit {
  private readonly logger = new Logger(KycCallbacks.name);

  constructor(
    private readonly env: Environment,
    private readonly unitOfWork: UnitOfWork,
    private readonly messages: KycMessages,
    private readonly kyc: KycService,
    private readonly queries: CustomerQueries,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const names = [...this.env.kycProviders].filter(([, { hasTextSecret }]) => hasTextSecret);
    if (names.length === 0) return;
    this.logger.warn(
      `KYC_PROVIDERS has text secrets, which libraries of Standard Webhooks cannot sign with: ` +
        `${names.map(([name]) => name).join(', ')}. To change over, set name=text:<the old one>|whsec_<base64>, ` +
        'give the provider the new secret, then remove the old one.',
    );
  }

  /** @throws AppError signature_invalid: unknown provider, wrong signature, or timestamp outside the window */
  assertGenuine({
    provider,
    id,
    timestamp,
    signature,
    body,
  }: SignedMessage): Omit<GenuineMessage, 'requestId'> {
    const { keys = [] } = this.env.kycProviders.get(provider) ?? {};
    if (!id || !/^\d{1,12}$/.test(timestamp ?? '') || signature === undefined)
      throw new AppError('signature_invalid');
    const age = Math.abs(this.clock.now().getTime() / 1_000 - Number(timestamp));
    if (age > CALLBACK_WINDOW_SECONDS) throw new AppError('signature_invalid');
    const signed = Buffer.concat([Buffer.from(`${id}.${timestamp ?? ''}.`), body]);
    const expected = keys.map((key) => createHmac('sha256', key).update(signed).digest());
    const isGenuine = signature.split(' ').some((given) => expected.some((one) => isSignature(given, one)));
    if (!isGenuine) throw new AppError('signature_invalid');
    const bodyHash = createHash('sha256').update(body).digest();
    return { provider, messageId: id, bodyHash, signedAt: new Date(1_000 * Number(timestamp)) };
  }

  /**
   * Processes a message once, in one transaction; every retry gets the stored response of the first delivery.
   * @returns the response, serialised by `answers`: the KYC case, or a final refusal
   * @throws AppError message_replayed; validation_failed, after which the message may be sent again
   */
  async receive(message: GenuineMessage, found: ProviderDecision, answers: AnswerForms): Promise<string> {
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.messages.take(tx, message))) return this.messages.answerTo(tx, message);
      const decided = await this.decide(tx, message, { found, answers });
      await this.messages.keep(tx, message, decided);
      return decided.storedResponse;
    });
  }

  private async decide(
    tx: EntityManager,
    message: GenuineMessage,
    { found, answers }: { found: ProviderDecision; answers: AnswerForms },
  ): Promise<DecidedMessage> {
    try {
      // A savepoint: a refusal rolls back the changes of `apply`, but not the row that marks the message as processed.
      const customer = await tx.transaction((inner) => this.apply(inner, message, found));
      return { outcome: 'counted', storedResponse: answers.ofCase(customer) };
    } catch (error) {
      if (!(error instanceof AppError && FINAL_REFUSALS.has(error.code))) throw error;
      return { outcome: 'refused', storedResponse: answers.ofRefusal(error) };
    }
  }

  private async apply(
    tx: EntityManager,
    { provider, requestId, signedAt }: GenuineMessage,
    { customer, decision, evidence, reason, expiresAt, round, decidedAt }: ProviderDecision,
  ): Promise<CustomerRecord> {
    const actor = { kind: 'provider' as const, id: provider, name: provider };
    // A provider may decide on a case that was not submitted through this API; it is submitted implicitly.
    const { platformId, id } = customer;
    const isUnsubmitted = await tx.existsBy(Customer, { platformId, id, kycStatus: 'not_started' });
    const context = { actor, reason, requestId };
    const origin = { round, decidedAt: decidedAt ?? signedAt };
    if (isUnsubmitted && decision !== 'submitted')
      await this.kyc.moveWithin(tx, customer, { transition: 'submit', provider, origin }, context);
    const step = { transition: TRANSITION_OF[decision], evidence, expiresAt, provider, origin };
    await this.kyc.moveWithin(tx, customer, step, context);
    return this.queries.get(customer, tx);
  }
}

function isSignature(given: string, expected: Buffer): boolean {
  const [version, text = ''] = given.split(',');
  const bytes = Buffer.from(text, 'base64');
  return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
