import { ApiProperty } from '@nestjs/swagger';

/** The `attributes` member that every document read from an HMC has. */
export function ApiAttributes(example: Record<string, string>): PropertyDecorator {
  return ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Every attribute that the HMC printed, by its own name and as it printed it.',
    example,
  });
}
