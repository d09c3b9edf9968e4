import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Role } from '../config/service-config.js';

export const REQUIRED_ROLE = 'required-role';
export const PUBLIC = 'public';

/** The least role that may call this handler. A GET under /v1 without it asks for `viewer`. */
export const RequireRole = (role: Role): CustomDecorator => SetMetadata(REQUIRED_ROLE, role);

/** Everybody may call this handler, without a key: health, metrics, the description of the API. Never under /v1. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
