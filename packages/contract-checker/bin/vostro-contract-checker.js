#!/usr/bin/env node
// Committed, because `npm ci` links only a file that exists, and dist/ is built afterwards.
require('../dist/cli/main.js');
