import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Usage of a rate limit that the processes share, in the columns that rate-limiter-flexible reads and writes. Rows are
 * deleted an hour after their window.
 */
@Entity('rate_limit_usage')
export class RateLimitUsage {
  /** The limit and what it counts, such as `credential 1 42`. */
  @PrimaryColumn({ type: 'varchar', length: 255, primaryKeyConstraintName: 'pk_rate_limit_usage' })
  key!: string;

  @Column({ type: 'integer', default: 0 })
  points!: number;

  /** End of the window, in milliseconds since 1970. */
  @Column({ type: 'bigint', nullable: true })
  expire!: string | null;
}
