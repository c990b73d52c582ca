import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import type { TenantObject } from '../shared/object-id.js';
import { SealedBox } from '../shared/sealed-box.js';

const SECRET_BYTES = 32;

/** The encrypted secrets of an endpoint. */
export interface Signing extends TenantObject {
  secret: Buffer;
  previousSecret: Buffer | null;
  previousSecretExpiresAt: Date | null;
}

/** A message to sign. */
export interface Message {
  id: string;
  body: string;
}

/** Signing secrets of endpoints. They are needed in clear to sign, so they are stored encrypted instead of hashed. */
@Injectable()
export class WebhookSecrets {
  private readonly box: SealedBox;

  constructor({ secretPeppers }: Environment) {
    this.box = new SealedBox(secretPeppers, SEALED.webhookSecret.purpose);
  }

  newSecret(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  seal(secret: string, { platformId, id }: TenantObject): Buffer {
    return this.box.seal(secret, [platformId, id]);
  }

  /**
   * The Standard Webhooks headers, with one signature for each valid secret.
   * @throws Error when a secret was encrypted under another pepper
   */
  sign(endpoint: Signing, { id, body }: Message, at: Date): Record<string, string> {
    const signatures = this.secretsOf(endpoint, at).map((secret) => new Webhook(secret).sign(id, at, body));
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    };
  }

  private secretsOf(endpoint: Signing, at: Date): string[] {
    const { platformId, id, secret, previousSecret, previousSecretExpiresAt } = endpoint;
    const isOverlap = previousSecretExpiresAt !== null && previousSecretExpiresAt > at;
    const sealed = isOverlap && previousSecret !== null ? [secret, previousSecret] : [secret];
    return sealed.map((box) => this.box.open(box, [platformId, id]));
  }
}
