#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs'

runPinned('src/cli.ts', process.argv.slice(2))
