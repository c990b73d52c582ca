import { Global, Module } from '@nestjs/common';
import { EventDispatcher } from './event-dispatcher.service.js';
import { Outbox } from './outbox.service.js';

/** What happened, told to those outside: at least once, and in order for each object. */
@Global()
@Module({ providers: [EventDispatcher, Outbox], exports: [EventDispatcher, Outbox] })
export class EventsModule {}
