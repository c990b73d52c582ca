import { PlatformAccountForm } from '../../../http/platform-account.form.js';

/** Body of an opening. The form is shared with the lines of the admin API. */
export class OpenPlatformAccountRequest extends PlatformAccountForm {}
