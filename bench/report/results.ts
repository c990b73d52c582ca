import type { CountCheck, Measurement } from '../measurement.js';

/** A value over several rounds. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

type Figure = keyof Measurement;
const FIGURES: readonly Figure[] = [
  ...(['perSecond', 'refusedPerSecond', 'p50Ms', 'p99Ms', 'maxMs'] as const),
  ...(['generatorCpu', 'cpuMsPerAnswer', 'residentBytes', 'settleSeconds'] as const),
];

/** The figures of a case over all rounds; `null`: unknown for its subject. */
export type CaseFigures = Record<Figure, Spread | null>;

export interface MemorySample {
  second: number;
  bytes: number;
}

/** The results of a run, from which the tables and the chart are made. */
export interface Results {
  command: string;
  /** End of the run, UTC. */
  date: string;
  machine: {
    cpu: string;
    cores: number;
    memoryBytes: number;
    system: string;
    node: string;
    postgresql: string;
    /** Whether the server was started for the run, with PostgreSQL's defaults. */
    postgresqlIsOwn: boolean;
  };
  rounds: number;
  warmUpSeconds: number;
  seconds: number;
  /** Accounts in the larger database of the growth cases; `null`: not measured. */
  growth: number | null;
  checks: { made: number; failed: CountCheck[] };
  cases: Record<string, CaseFigures>;
  /** Memory under 256 connections, over minutes; `null`: not measured. */
  soak: MemorySample[] | null;
}

export function summarise(measurements: readonly Measurement[]): CaseFigures {
  const entries = FIGURES.map((name) => {
    const values = measurements.map((measurement) => measurement[name]).filter((value) => value !== null);
    return [name, values.length === 0 ? null : spreadOf(values)] as const;
  });
  return Object.fromEntries(entries) as CaseFigures;
}

/** Rounded to 3 decimals; the measurements are not more precise. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  const round = (value: number): number => Math.round(value * 1_000) / 1_000;
  return { median: round(median), min: round(at(0)), max: round(at(sorted.length - 1)) };
}
