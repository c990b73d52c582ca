import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { ConventionalCredential } from './entities.js';

export interface AuthenticatedRequest {
  headers: Record<string, string | undefined>;
  customerId: string;
}

@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly pepper = process.env.SECRET_PEPPER ?? '';

  constructor(
    @InjectRepository(ConventionalCredential)
    private readonly credentials: Repository<ConventionalCredential>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const { 'x-api-key': key = '', 'x-api-secret': secret = '' } = request.headers;
    const credential = await this.credentials.findOneBy({ key });
    const hash = createHmac('sha256', this.pepper).update(secret).digest();
    if (credential === null || !timingSafeEqual(hash, credential.secretHash))
      throw new UnauthorizedException();
    request.customerId = credential.customerId;
    return true;
  }
}
