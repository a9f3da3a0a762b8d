// What thousands of changes leave behind in the page's memory.

import type { Browser } from "playwright-core";
import { type Footprint, footprint, untilDrawn } from "../fake/chromium";
import { FakeHub } from "../fake/hub";

export interface LeakFigures {
  changes: number;
  before: Footprint;
  after: Footprint;
  heap_bytes_per_change: number;
}

export async function leak(
  browser: Browser,
  options: { dist: string; changes: number; entities?: number },
): Promise<LeakFigures> {
  const hub = await FakeHub.start({ dist: options.dist, entities: options.entities ?? 100 });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const devtools = await page.context().newCDPSession(page);
  try {
    await page.goto(hub.url);
    await untilDrawn(page);
    // What the engine compiles and the page keeps once is not what a change leaves.
    hub.rage(RATE);
    await until(() => WARM_UP <= hub.sent);
    hub.calm();
    await page.waitForTimeout(SETTLE_MS);
    const before = await footprint(devtools);
    const already = hub.sent;
    hub.rage(RATE);
    await until(() => options.changes <= hub.sent - already);
    hub.calm();
    await page.waitForTimeout(SETTLE_MS);
    const after = await footprint(devtools);
    const changes = hub.sent - already;
    return {
      changes,
      before,
      after,
      heap_bytes_per_change: Math.round((after.heap_bytes - before.heap_bytes) / changes),
    };
  } finally {
    await page.close();
    await hub.stop();
  }
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((done) => setTimeout(done, 50));
}

const RATE = 400;
const WARM_UP = 1000;
const SETTLE_MS = 1500;
