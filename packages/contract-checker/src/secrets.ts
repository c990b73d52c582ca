const MASK = '***';
/** Shorter texts may occur by chance in responses that disclose no secret. */
const SHORTEST_TELLING = 8;
const SHORTEST_MASKED = 4;

/** Secrets that no response may contain; they are masked in all output. */
export class SecretRedactor {
  private readonly known = new Map<string, string>();

  /** @param name for display, such as `API secret of the owner` */
  add(secret: string, name: string): void {
    if (secret.length < SHORTEST_MASKED) return;
    this.known.set(secret, name);
    const escaped = JSON.stringify(secret).slice(1, -1);
    if (escaped !== secret) this.known.set(escaped, name);
  }

  /** The names of the secrets that the text contains. */
  namesIn(text: string): string[] {
    const told = [...this.known].filter(([secret]) => secret.length >= SHORTEST_TELLING);
    return [...new Set(told.filter(([secret]) => text.includes(secret)).map(([, name]) => name))];
  }

  /** Masks the secrets in a text. The longest first: one may be part of another. */
  mask(text: string): string {
    const secrets = [...this.known.keys()].sort((one, other) => other.length - one.length);
    return secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
  }
}
