// The sync server as a library: for tests, benchmarks and programs that embed it.
export { createServer, type ServerOptions, type TierbookServer } from './server.ts'
export { StartError, type StartProblem } from './start-error.ts'
export { readSettings, type Settings, type SettingsResult } from './settings.ts'
export { createLogger, type Logger } from './logger.ts'
export { createSigningKey, type SigningKey } from './identity/signing-key.ts'
export { createMemoryStorage } from './storage/memory-storage.ts'
export { openSqliteStorage } from './storage/sqlite-storage.ts'
export type { BookRecord, ServerStorage } from './storage/storage.ts'
