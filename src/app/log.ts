import { pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** JSON lines on stderr: stdout belongs to what a person or a script asked for. */
export function createLog(level: string): Log & { debug(facts: object, sentence: string): void } {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['*.secret', '*.token', '*.accessToken', '*.phone', '*.address', '*.credentials'],
        censor: '***',
      },
      serializers: { error: pino.stdSerializers.err },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
