import { Module } from '@nestjs/common';
import { CustomerAdministration } from './customer-administration.service.js';
import { CustomerQueries } from './customer-queries.service.js';
import { CustomerRegistrationService } from './customer-registration.service.js';
import { CustomersService } from './customers.service.js';
import { KycCallbacks } from './kyc-callbacks.service.js';
import { KycExpiry } from './kyc-expiry.service.js';
import { KycMessages } from './kyc-messages.service.js';
import { KycService } from './kyc.service.js';

const SERVICES = [
  CustomerAdministration,
  CustomerQueries,
  CustomerRegistrationService,
  CustomersService,
  KycCallbacks,
  KycExpiry,
  KycMessages,
  KycService,
];

@Module({ providers: SERVICES, exports: SERVICES })
export class CustomersModule {}
