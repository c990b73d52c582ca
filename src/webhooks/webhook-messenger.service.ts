import { Injectable } from '@nestjs/common';
import { type CallOutcome, WebhookCaller } from './webhook-caller.service.js';
import { type Message, type Signing, WebhookSecrets } from './webhook-secrets.service.js';

const USER_AGENT = 'Vostro-Webhooks/1';

/**
 * The request body, identical for every attempt: `data` comes from a jsonb column, which returns its keys in a fixed
 * order.
 */
export function toBody(type: string, occurredAt: Date, data: unknown): string {
  return JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
}

/** Signs a message and sends it. */
@Injectable()
export class WebhookMessenger {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly caller: WebhookCaller,
  ) {}

  /** @param at the time of the attempt, which is signed */
  async send(endpoint: Signing & { url: string }, message: Message, at: Date): Promise<CallOutcome> {
    let signed: Record<string, string>;
    try {
      signed = this.secrets.sign(endpoint, message, at);
    } catch {
      // Encrypted under another SECRET_PEPPER. An operator must rotate the secret, which the recorded error says.
      return { httpStatus: null, error: 'the secret cannot be opened: rotate it', durationMs: 0 };
    }
    const headers = { ...signed, 'content-type': 'application/json', 'user-agent': USER_AGENT };
    return this.caller.call({ url: endpoint.url, headers, body: message.body });
  }
}
