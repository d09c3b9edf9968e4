import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { ChangeAnswer } from './change.service.js';

@Injectable()
class ChangeAnswerInterceptor implements NestInterceptor<ChangeAnswer> {
  intercept(context: ExecutionContext, next: CallHandler<ChangeAnswer>): Observable<unknown> {
    return next.handle().pipe(
      map((answer) => {
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.status(answer.status).headers(answer.headers);
        return answer.body;
      }),
    );
  }
}

/** On a handler that returns a ChangeAnswer: sends its status and headers. */
export function AnswersChange(): MethodDecorator {
  return applyDecorators(UseInterceptors(ChangeAnswerInterceptor));
}
