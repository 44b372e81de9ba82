// `@tierbook/core/file`: a whole book as one file.
export { type BookFile, readBookFile, writeBookFile } from './file/book-file.ts'
