// A storm of reports on a slow processor, and what thousands of changes leave behind.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { leak } from "../bench/leak";
import { storm } from "../bench/storm";
import { openChromium } from "../fake/chromium";

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
});

// Other programs on the machine can hold one round up; the page itself would hold up all three.
it(
  "2,000 entities at 200 changes a second on a sixth of the processor answer a tap within 200 ms",
  {
    retry: 2,
  },
  async () => {
    if (!browser) return;
    const seen = await storm(browser, { dist: "dist", entities: 2000, rate: 200, slowdown: 6, taps: 12 });
    expect(seen.tap_to_paint_ms.worst, JSON.stringify(seen)).toBeLessThan(200);
    // Only what is seen is drawn.
    expect(seen.document_nodes).toBeLessThan(3000);
    expect(seen.after.nodes - seen.before.nodes).toBeLessThan(500);
  },
);

it("6,000 changes leave nothing behind", async () => {
  if (!browser) return;
  const seen = await leak(browser, { dist: "dist", changes: 6000 });
  expect(seen.heap_bytes_per_change, JSON.stringify(seen)).toBeLessThan(200);
  expect(seen.after.nodes - seen.before.nodes).toBeLessThan(50);
  expect(seen.after.listeners - seen.before.listeners).toBeLessThan(10);
});
