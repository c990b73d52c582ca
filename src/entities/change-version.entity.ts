import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Counts the changes of one kind of cached data, so that a process that missed a NOTIFY still detects them. */
@Entity('change_versions')
export class ChangeVersion {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_change_versions' })
  topic!: string;

  @Column({ type: 'bigint' })
  version!: string;
}
