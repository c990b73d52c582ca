import { applyDecorators, Header, HttpCode } from '@nestjs/common';

/** Nothing may be loaded or run; a form may be sent to this server. */
const POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** A handler that responds 200 with a page. Its other security headers are those of every response. */
export function Page(): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    Header('content-type', 'text/html; charset=utf-8'),
    Header('content-security-policy', POLICY),
  );
}

/** A page with one sentence. @param text HTML */
export function page(text: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>E-mails of the bank</title>',
    '</head>',
    `<body>${text}</body>`,
    '</html>',
    '',
  ].join('\n');
}

/** A page whose button sends the token to the address of the page. @param token base64url, which needs no escaping */
export function pageWithButton(text: string, button: string, token: string): string {
  return page(
    `<p>${text}</p>\n<form method="post" action="?token=${token}"><button type="submit">${button}</button></form>`,
  );
}
