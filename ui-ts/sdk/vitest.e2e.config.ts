import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Runs against a real daemon, started by each file for itself: see e2e/daemon.ts.
export default defineConfig({
  resolve: { alias: { '@map/sdk': fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: { include: ['e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 },
});
