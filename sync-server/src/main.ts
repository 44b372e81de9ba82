#!/usr/bin/env node
// The command `tierbook`.
import { createProgram } from './cli/program.ts'

await createProgram().parseAsync()
