import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import { KycCallback, type KycMessageOutcome } from '../entities/kyc-callback.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { SealedBox } from '../shared/sealed-box.js';

/** Identifies a message. The hash detects a different message with the same id. */
export interface MessageKey {
  provider: string;
  messageId: string;
  /** SHA-256 of the body. */
  bodyHash: Buffer;
}

export interface DecidedMessage {
  outcome: KycMessageOutcome;
  /** The serialised response. */
  storedResponse: string;
}

const TAKE_SQL = `INSERT INTO kyc_callbacks (provider, message_id, body_hash, received_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (provider, message_id) DO NOTHING RETURNING message_id`;

/**
 * The processed messages, each with its stored response. A row is written in the transaction of the decision and is
 * never deleted, because a provider may sign and send a message again at any later time.
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
   * Inserts the message's row. Resolves to `false` when it exists. A concurrent delivery of the same message waits here
   * for the transaction that inserted the row first.
   */
  async take(tx: EntityManager, { provider, messageId, bodyHash }: MessageKey): Promise<boolean> {
    const parameters = [provider, messageId, bodyHash, this.clock.now()];
    return (await tx.query<unknown[]>(TAKE_SQL, parameters)).length === 1;
  }

  /** Stores the outcome and the response of a message that this transaction took. */
  async keep(
    tx: EntityManager,
    { provider, messageId }: MessageKey,
    { outcome, storedResponse }: DecidedMessage,
  ): Promise<void> {
    const answer = this.box.seal(storedResponse, [provider, messageId]);
    await tx.update(KycCallback, { provider, messageId }, { outcome, answer });
  }

  /**
   * The stored response of a processed message.
   * @throws AppError message_replayed: its body was different, or its response was not stored
   */
  async answerTo(tx: EntityManager, { provider, messageId, bodyHash }: MessageKey): Promise<string> {
    const known = await tx.findOneByOrFail(KycCallback, { provider, messageId });
    const isSame = known.bodyHash?.equals(bodyHash) === true;
    if (!isSame || known.answer === null) throw new AppError('message_replayed');
    return this.box.open(known.answer, [provider, messageId]);
  }
}
