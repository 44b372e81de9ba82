// Verifying and exporting the log, apart from the rest: whoever only uses a book loads nothing of it.
export { exportAudit } from './audit/export-audit.ts'
export { type LogContents, logContents } from './audit/log-contents.ts'
export { type LogProblem, type LogProblemKind, type LogVerification, verifyLog } from './audit/verify-log.ts'
