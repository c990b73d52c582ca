import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A pepper that was in use, identified by its check value. The highest id is the current pepper. */
@Entity('pepper_checks')
export class PepperCheck {
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'pk_pepper_checks' })
  id!: number;

  /** HMAC-SHA-256 of a fixed text under the pepper (shared/pepper.ts). */
  @Column({ name: 'check_value', type: 'bytea' })
  checkValue!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
