import { Webhook } from 'standardwebhooks';
import { KYC_SECRET } from './test-environment.js';
import type { TestResponse, World } from './world.js';

/** The differences of a message from a genuine one of `acme`, sent now. */
export interface ProviderMessage {
  id?: string;
  secret?: string;
  /** The age of its signature. */
  ageSeconds?: number;
  provider?: string;
  tamper?: (body: string) => string;
  /** Replaces the signature that the library makes. */
  signature?: string;
}

/** A KYC provider that signs its callbacks with the library of Standard Webhooks. */
export class TestKycProvider {
  private counter = 0;

  constructor(private readonly world: World) {}

  async call(body: object, message: ProviderMessage = {}): Promise<TestResponse> {
    const { id = `msg-${++this.counter}`, secret = KYC_SECRET, provider = 'acme' } = message;
    const { tamper = (text: string) => text, ageSeconds = 0 } = message;
    const raw = JSON.stringify(body);
    const at = new Date(Date.now() - 1_000 * ageSeconds);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': message.signature ?? new Webhook(secret).sign(id, at, raw),
    };
    return this.world.send('POST', `/kyc/callbacks/${provider}`, { headers, raw: tamper(raw) });
  }
}
