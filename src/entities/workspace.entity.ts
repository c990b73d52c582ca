import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Customer } from './customer.entity.js';

/** An integer handle of one customer, for the workspace API. */
@Entity('workspaces')
export class Workspace {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_workspaces' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_workspaces' })
  id!: string;

  @Column({ name: 'customer_id', type: 'bigint' })
  customerId!: string;

  @ManyToOne(() => Customer, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_workspaces_customer',
    },
    { name: 'customer_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_workspaces_customer' },
  ])
  customer!: Customer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
