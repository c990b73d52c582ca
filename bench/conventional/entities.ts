import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('customers')
export class ConventionalCustomer {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Column('text')
  status!: string;

  @Column('text')
  kycStatus!: string;

  @Column('text')
  jurisdiction!: string;
}

@Entity('credentials')
export class ConventionalCredential {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Column('bigint')
  customerId!: string;

  @Index({ unique: true })
  @Column('text')
  key!: string;

  @Column('bytea')
  secretHash!: Buffer;
}

@Entity('jurisdiction_currencies')
export class ConventionalJurisdictionCurrency {
  @PrimaryColumn('text')
  jurisdiction!: string;

  @PrimaryColumn('text')
  currency!: string;
}

@Entity('accounts')
@Index(['customerId', 'currency'], { unique: true })
export class ConventionalAccount {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Index({ unique: true })
  @Column('text')
  publicId!: string;

  @Column('bigint')
  customerId!: string;

  @Column('text')
  currency!: string;

  @Column('text')
  status!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}

@Entity('balances')
export class ConventionalBalance {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Index({ unique: true })
  @Column('bigint')
  accountId!: string;

  @Column('bigint')
  postedMinor!: string;

  @Column('bigint')
  lockedMinor!: string;
}

@Entity('audit_entries')
export class ConventionalAuditEntry {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: string;

  @Index()
  @Column('text')
  objectId!: string;

  @Column('jsonb')
  details!: object;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}

@Entity('events')
export class ConventionalEvent {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Column('text')
  type!: string;

  @Column('jsonb')
  data!: object;

  @Column('boolean')
  dispatched!: boolean;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}

@Entity('idempotency_records')
@Index(['customerId', 'key'], { unique: true })
export class ConventionalIdempotencyRecord {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  @Column('bigint')
  customerId!: string;

  @Column('text')
  key!: string;

  @Column('text')
  requestHash!: string;

  @Column('jsonb')
  response!: object;
}

export const CONVENTIONAL_ENTITIES = [
  ConventionalCustomer,
  ConventionalCredential,
  ConventionalJurisdictionCurrency,
  ConventionalAccount,
  ConventionalBalance,
  ConventionalAuditEntry,
  ConventionalEvent,
  ConventionalIdempotencyRecord,
];
