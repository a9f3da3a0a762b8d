// The tests that drive a real Chromium against the fake hub: `npm run test:browser`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["browser-tests/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    // One browser at a time, or they take the processor from each other.
    fileParallelism: false,
  },
});
