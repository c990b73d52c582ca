import { Module } from '@nestjs/common';
import { MailModule } from '../../mail/mail.module.js';
import { RecipientsController } from './recipients.controller.js';

/** The pages for recipients of e-mails, which belong to no API. */
@Module({ imports: [MailModule], controllers: [RecipientsController] })
export class RecipientsModule {}
