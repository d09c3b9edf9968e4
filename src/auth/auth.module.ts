import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessCheck } from './access-check.js';
import { AccessGuard } from './access.guard.js';

@Module({
  imports: [DiscoveryModule],
  providers: [AccessCheck, { provide: APP_GUARD, useClass: AccessGuard }],
})
export class AuthModule {}
