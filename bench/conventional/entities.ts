import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('customers')
export class Customer {
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
export class Credential {
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
export class JurisdictionCurrency {
  @PrimaryColumn('text')
  jurisdiction!: string;

  @PrimaryColumn('text')
  currency!: string;
}

@Entity('accounts')
@Index(['customerId', 'currency'], { unique: true })
export class Account {
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
export class Balance {
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
export class AuditEntry {
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
export class EventRecord {
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
export class IdempotencyRecord {
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
  Customer,
  Credential,
  JurisdictionCurrency,
  Account,
  Balance,
  AuditEntry,
  EventRecord,
  IdempotencyRecord,
];
