/** What the runtime tells of itself; pino's loggers fit. Texts and answers are never in it. */
export interface RuntimeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: RuntimeLogger = { info() {}, warn() {}, error() {} };
