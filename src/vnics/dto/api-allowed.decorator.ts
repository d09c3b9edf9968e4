import { ApiProperty } from '@nestjs/swagger';

/** VLAN ids or MAC addresses that the HMC allows: all, none or a list; null when it does not say. */
export function ApiAllowed(of: 'vlan' | 'mac'): PropertyDecorator {
  return ApiProperty({
    oneOf: [
      { type: 'string', enum: ['all', 'none', null], nullable: true },
      { type: 'array', items: { type: of === 'vlan' ? 'integer' : 'string' } },
    ],
    example: 'all',
  });
}
