import { Module } from '@nestjs/common';
import { MetricsModule } from '../server/metrics/metrics.module.js';
import { ConfirmationRequests } from './confirmation-requests.service.js';
import { EmailAddressAdministration } from './email-address-administration.service.js';
import { EmailAddressQueries } from './email-address-queries.service.js';
import { EmailAddresses } from './email-addresses.service.js';
import { EmailAdministration } from './email-administration.service.js';
import { EmailLimits } from './email-limits.service.js';
import { EmailLinks } from './email-links.service.js';
import { EmailQueries } from './email-queries.service.js';
import { EmailQueue } from './email-queue.service.js';
import { Mailer } from './mailer.service.js';
import { Notifications } from './notifications.service.js';

const SERVICES = [
  ConfirmationRequests,
  EmailAddressAdministration,
  EmailAddressQueries,
  EmailAddresses,
  EmailAdministration,
  EmailLimits,
  EmailLinks,
  EmailQueries,
  EmailQueue,
  Mailer,
  Notifications,
];

/** E-mail notifications about events: one row per recipient, sent by the mailer and kept whether it was sent or not. */
@Module({ imports: [MetricsModule], providers: SERVICES, exports: SERVICES })
export class MailModule {}
