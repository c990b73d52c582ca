import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { WorkspaceAccountsController } from './accounts/accounts.controller.js';
import { WorkspaceProductsController } from './products/products.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';

/** `/accounts`, `/products`, `/sessions`: accounts of products, for the holder behind a workspace. */
@Module({
  imports: [AuthModule, AccountsModule],
  controllers: [WorkspaceAccountsController, WorkspaceProductsController, SessionsController],
})
export class WorkspaceApiModule {}
