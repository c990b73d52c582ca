import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { EmailAddresses } from '../../mail/email-addresses.service.js';
import { EmailLinks } from '../../mail/email-links.service.js';
import { Page, page, pageWithButton } from './page.js';

/**
 * The pages behind the links in e-mails. Their callers are people without credentials: the token of the link says which
 * address they own. A GET changes nothing, because mail scanners open links.
 */
@ApiExcludeController()
@Controller('emails')
export class RecipientsController {
  constructor(
    private readonly links: EmailLinks,
    private readonly addresses: EmailAddresses,
  ) {}

  @Get('confirm')
  @Page()
  showConfirmation(@Query('token') token: string): string {
    this.links.read('confirm', token);
    return pageWithButton('Do you want to receive notifications at your address?', 'Confirm', token);
  }

  @Post('confirm')
  @Page()
  async confirm(@Query('token') token: string): Promise<string> {
    await this.addresses.confirm(token);
    return page('<p>Your address is confirmed. Every notification has a link to unsubscribe.</p>');
  }

  @Get('unsubscribe')
  @Page()
  showUnsubscription(@Query('token') token: string): string {
    this.links.read('unsubscribe', token);
    return pageWithButton('Do you want to end all notifications to your address?', 'Unsubscribe', token);
  }

  /** Also called by mail clients (RFC 8058). Their body says no more than the path, so it is not read. */
  @Post('unsubscribe')
  @Page()
  async unsubscribe(@Query('token') token: string): Promise<string> {
    await this.addresses.unsubscribe(token);
    return page('<p>You have unsubscribed. No further notification is sent to your address.</p>');
  }
}
