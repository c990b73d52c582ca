import { Global, Module } from '@nestjs/common';
import { EventQueries } from './event-queries.service.js';
import { EventDispatcher } from './event-dispatcher.service.js';
import { Outbox } from './outbox.service.js';

const SERVICES = [EventQueries, EventDispatcher, Outbox];

/** Events: delivered at least once, and in order for each object. */
@Global()
@Module({ providers: SERVICES, exports: SERVICES })
export class EventsModule {}
