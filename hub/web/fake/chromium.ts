// A real Chromium for tests and benchmarks; none if none is installed.

import { existsSync } from "node:fs";
import { type Browser, type CDPSession, type Page, chromium } from "playwright-core";

/** Opens a browser; null, with a sentence, where there is none. */
export async function openChromium(): Promise<Browser | null> {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) {
    console.warn("skipped: no Chromium is installed; CHROMIUM names one that lies elsewhere");
    return null;
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface Footprint {
  heap_bytes: number;
  /** Live nodes, in the document or held by something. */
  nodes: number;
  listeners: number;
}

/** What the page holds on to, after everything it does not has been collected. */
export async function footprint(devtools: CDPSession): Promise<Footprint> {
  for (let round = 0; round < 3; round++) await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
  return { heap_bytes: usedSize, nodes, listeners: jsEventListeners };
}

/** Lets the page know that the house is there. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.locator(".tile").first().waitFor({ timeout: 60_000 });
}

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=Translate",
];
