import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../../auth/caller.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { AdminRead } from '../admin-operation.decorator.js';
import { ResponseProperty, ResponseKind } from '../properties.js';

/** The calling admin. */
export class MeResponse {
  @ResponseKind('admin')
  object!: 'admin';

  @ResponseProperty('Their id.', 'adm_0_1')
  id!: string;

  @ResponseProperty('Their name.', 'Demo admin')
  name!: string;

  @ResponseProperty('What this credential allows them.', ['admin:read', 'admin:write'], { type: [String] })
  scopes!: string[];
}

@ApiTags('Me')
@Controller('admin/me')
export class AdminMeController {
  @Get()
  @AdminRead({
    operationId: 'getMe',
    summary: 'Get the current admin',
    description: 'The admin behind the credential, and what it allows.',
  })
  @ApiOkResponse({ type: MeResponse, description: 'Me.' })
  get(@Call() { caller }: CallContext): MeResponse {
    return presentMe(caller);
  }
}

function presentMe({ actorId, name, scopes }: Caller): MeResponse {
  return { object: 'admin', id: actorId, name, scopes: [...scopes] };
}
