import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import { KycCallback, type KycMessageOutcome } from '../entities/kyc-callback.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { SealedBox } from '../shared/sealed-box.js';

/** Key of a message, and a digest that distinguishes another message with the same id. */
export interface MessageKey {
  provider: string;
  messageId: string;
  /** SHA-256 of the body. */
  bodyHash: Buffer;
}

export interface DecidedMessage {
  outcome: KycMessageOutcome;
  /** What was answered, as the API wrote it. */
  storedResponse: string;
}

const TAKE_SQL = `INSERT INTO kyc_callbacks (provider, message_id, body_hash, received_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (provider, message_id) DO NOTHING RETURNING message_id`;

/**
 * The messages that were decided on, each with its answer. A row is written in the transaction of the decision. It is
 * kept for good: a provider may send a message again, signed anew, for as long as it likes.
 */
@Injectable()
export class KycMessages {
  private readonly box: SealedBox;

  constructor(
    env: Environment,
    private readonly clock: Clock,
  ) {
    this.box = new SealedBox(env.secretPeppers, SEALED.kycAnswer.purpose);
  }

  /**
   * Resolves to whether the message is new, once every other delivery of it has been decided on: a concurrent one waits
   * here for the transaction that took it first.
   */
  async take(tx: EntityManager, { provider, messageId, bodyHash }: MessageKey): Promise<boolean> {
    const parameters = [provider, messageId, bodyHash, this.clock.now()];
    return (await tx.query<unknown[]>(TAKE_SQL, parameters)).length === 1;
  }

  /** Records the outcome of a message that this transaction has claimed. */
  async keep(
    tx: EntityManager,
    { provider, messageId }: MessageKey,
    { outcome, storedResponse }: DecidedMessage,
  ): Promise<void> {
    const answer = this.box.seal(storedResponse, [provider, messageId]);
    await tx.update(KycCallback, { provider, messageId }, { outcome, answer });
  }

  /**
   * What a message that was decided on was answered.
   * @throws AppError message_replayed: it had another body, or its answer was not kept
   */
  async answerTo(tx: EntityManager, { provider, messageId, bodyHash }: MessageKey): Promise<string> {
    const known = await tx.findOneByOrFail(KycCallback, { provider, messageId });
    const isSame = known.bodyHash?.equals(bodyHash) === true;
    if (!isSame || known.answer === null) throw new AppError('message_replayed');
    return this.box.open(known.answer, [provider, messageId]);
  }
}
