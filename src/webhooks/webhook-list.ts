import { columns } from '../database/columns.js';
import { WebhookEndpoint, type WebhookStatus } from '../entities/webhook-endpoint.entity.js';
import { byPartOf, byPlatform, type ListSpec } from '../shared/listing.js';
import type { StateMachine } from '../shared/state-machine.js';

export const WEBHOOK_TRANSITIONS = ['disable', 'enable'] as const;
export type WebhookTransition = (typeof WEBHOOK_TRANSITIONS)[number];

export const WEBHOOK_MACHINE: StateMachine<WebhookStatus, WebhookTransition> = {
  disable: { from: ['active'], to: 'disabled' },
  enable: { from: ['disabled'], to: 'active' },
};

/** An endpoint as the admin API returns it: without its secrets. */
export interface WebhookView {
  platformId: string;
  id: string;
  url: string;
  description: string | null;
  /** Empty: every type. */
  eventTypes: string[];
  status: WebhookStatus;
  statusReason: string | null;
  previousSecretExpiresAt: Date | null;
  failingSince: Date | null;
  lastSuccessAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** How endpoints are listed. */
export const WEBHOOK_LIST: ListSpec = {
  select: columns(WebhookEndpoint, 'w', [
    'platformId',
    'id',
    'url',
    'description',
    'eventTypes',
    'status',
    'statusReason',
    'previousSecretExpiresAt',
    'failingSince',
    'lastSuccessAt',
    'createdAt',
    'updatedAt',
  ]),
  from: 'webhook_endpoints w',
  key: 'w.id',
  filters: {
    platform: byPlatform('w.platform_id'),
    url: byPartOf('w.url', 'With this in the URL, ignoring case.'),
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: ['active', 'disabled'] },
      sql: 'w.status = ?',
    },
  },
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};
