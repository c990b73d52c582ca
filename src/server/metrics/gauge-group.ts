import { Gauge, type Registry } from 'prom-client';

/** A value, with the value of the gauge's label, if it has one. */
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

  /** Reads the gauges if that is due. Rejects when the read fails; the previous values are forgotten then. */
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

  /** Removes the values until the next read: they may be out of date. */
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

/** A reset sets a gauge without labels to 0, which would be read as a value. */
function clear({ label }: GaugeSpec, gauge: Gauge): void {
  if (label === undefined) gauge.remove();
  else gauge.reset();
}
