import { Gauge, type Registry } from 'prom-client';

/** A value, with that of the gauge's label, if it has one. */
export interface Sample {
  label?: string;
  value: number;
}

export interface GaugeSpec {
  name: string;
  help: string;
  label?: string;
  read: () => Promise<readonly Sample[]>;
}

/** Gauges that are read together, at most once per interval; concurrent scrapes share one read. */
export class GaugeGroup {
  private readonly gauges: readonly (readonly [GaugeSpec, Gauge])[];
  private reading: Promise<void> | null = null;
  private readAt = -Infinity;

  constructor(
    specs: readonly GaugeSpec[],
    private readonly everyMs: number,
    registry: Registry,
  ) {
    this.gauges = specs.map((spec) => {
      const { name, help, label } = spec;
      const labelNames = label === undefined ? [] : [label];
      return [spec, new Gauge({ name, help, labelNames, registers: [registry] })];
    });
    this.forget();
  }

  /** Reads them, if that is due. Rejects when it fails; what was read before is forgotten then. */
  async refresh(now: Date): Promise<void> {
    if (now.getTime() - this.readAt < this.everyMs) return;
    this.reading ??= this.read(now)
      .catch((error: unknown) => {
        this.forget();
        throw error;
      })
      .finally(() => {
        this.reading = null;
      });
    await this.reading;
  }

  /** Shows none of them until they are read again: what was read before may be true no more. */
  forget(): void {
    this.readAt = -Infinity;
    for (const [spec, gauge] of this.gauges) clear(spec, gauge);
  }

  private async read(now: Date): Promise<void> {
    for (const [spec, gauge] of this.gauges) {
      const samples = await spec.read();
      clear(spec, gauge);
      for (const { label, value } of samples)
        gauge.set(spec.label === undefined ? {} : { [spec.label]: label ?? '' }, value);
    }
    this.readAt = now.getTime();
  }
}

/** A reset leaves a gauge without labels at 0, which would say something. */
function clear({ label }: GaugeSpec, gauge: Gauge): void {
  if (label === undefined) gauge.remove();
  else gauge.reset();
}
