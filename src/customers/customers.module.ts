import { Module } from '@nestjs/common';
import { CustomerRegistrationService } from './customer-registration.service.js';
import { CustomersService } from './customers.service.js';
import { KycService } from './kyc.service.js';

const SERVICES = [CustomersService, CustomerRegistrationService, KycService];

@Module({ providers: SERVICES, exports: SERVICES })
export class CustomersModule {}
