/** One answer of `/health/ready`. The times are of `performance.now()`. */
export interface Readiness {
  /** 0: no answer. */
  status: number;
  sentAt: number;
  answeredAt: number;
}

const INTERVAL_MS = 50;
/** Load balancers wait no longer. */
const TIMEOUT_MS = 5_000;

/** Asks a server whether it is ready, again and again, as a load balancer does. */
export class ReadinessProbe {
  readonly answers: Readiness[] = [];
  private isStopped = false;
  private readonly ended: Promise<void>;

  constructor(private readonly url: string) {
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      this.answers.push(await this.ask());
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }

  private async ask(): Promise<Readiness> {
    const sentAt = performance.now();
    const status = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
      (response) => response.status,
      () => 0,
    );
    return { status, sentAt, answeredAt: performance.now() };
  }
}
