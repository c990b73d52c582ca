import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Counts the changes to one kind of cached data, so that a process that missed a NOTIFY still sees them. */
@Entity('change_versions')
export class ChangeVersion {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_change_versions' })
  topic!: string;

  @Column({ type: 'bigint' })
  version!: string;
}
