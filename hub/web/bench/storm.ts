// Taps on a page that is under a storm of reports, on a slow processor.

import type { Browser, CDPSession, Page } from "playwright-core";
import { type Footprint, footprint, untilDrawn } from "../fake/chromium";
import { FakeHub } from "../fake/hub";

export interface StormOptions {
  dist: string;
  entities: number;
  /** Changes a second. */
  rate: number;
  /** By how much the processor is slowed. */
  slowdown: number;
  taps?: number;
}

export interface StormFigures {
  options: StormOptions;
  /** From the tap until the page has painted its answer, by the browser's own clock. */
  tap_to_paint_ms: Spread;
  /** From the tap until the hub has the command. */
  tap_to_hub_ms: Spread;
  longest_frame_gap_ms: number;
  document_nodes: number;
  before: Footprint;
  after: Footprint;
}

export interface Spread {
  median: number;
  worst: number;
}

export async function storm(browser: Browser, options: StormOptions): Promise<StormFigures> {
  const hub = await FakeHub.start(options);
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  const devtools = await page.context().newCDPSession(page);
  try {
    await page.goto(hub.url);
    await untilDrawn(page);
    await page.waitForTimeout(2000);
    const before = await footprint(devtools);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: options.slowdown });
    await page.evaluate(watch);
    hub.rage(options.rate);
    await page.waitForTimeout(WARM_UP_MS);
    const arrived = await tapAll(page, devtools, hub, options.taps ?? 20);
    const seen = await page.evaluate(watched);
    hub.calm();
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await page.waitForTimeout(2000);
    return {
      options,
      tap_to_paint_ms: spread(seen.paints),
      tap_to_hub_ms: spread(arrived),
      longest_frame_gap_ms: Math.round(seen.gap),
      document_nodes: await page.evaluate(() => document.querySelectorAll("*").length),
      before,
      after: await footprint(devtools),
    };
  } finally {
    await page.close();
    await hub.stop();
  }
}

/** Taps a switch again and again; how long each command took to the hub. */
async function tapAll(page: Page, devtools: CDPSession, hub: FakeHub, taps: number): Promise<number[]> {
  const arrived: number[] = [];
  await page.evaluate(() => document.querySelector(".toggle")?.scrollIntoView({ block: "center" }));
  await page.waitForTimeout(500);
  for (let tap = 0; tap < taps; tap++) {
    const box = await page.evaluate(() => {
      const all = [...document.querySelectorAll(".toggle:not(:disabled)")];
      const found = all.map((one) => one.getBoundingClientRect()).find((one) => 150 < one.y && one.y < 700);
      return found && { x: found.x + found.width / 2, y: found.y + found.height / 2 };
    });
    if (!box) throw new Error("there is no switch to tap");
    // At any moment, not just when the page has answered a question.
    await page.waitForTimeout(150 + Math.random() * 500);
    const before = hub.actions.length;
    const at = performance.now();
    const mouse = { ...box, button: "left", clickCount: 1 } as const;
    await devtools.send("Input.dispatchMouseEvent", { type: "mousePressed", ...mouse });
    await devtools.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...mouse });
    while (hub.actions.length === before && performance.now() - at < 30_000)
      await new Promise((done) => setTimeout(done, 2));
    arrived.push((hub.actions.at(-1)?.at ?? performance.now()) - at);
  }
  return arrived;
}

interface Watched {
  gap: number;
  paints: number[];
}

/** Notes, in the page, the longest time without a frame and how long every click took until it was painted. */
function watch(): void {
  const seen: Watched = { gap: 0, paints: [] };
  (window as unknown as { seen: Watched }).seen = seen;
  let last = performance.now();
  const frame = (now: number) => {
    seen.gap = Math.max(seen.gap, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "click") seen.paints.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
}

function watched(): Watched {
  return (window as unknown as { seen: Watched }).seen;
}

/** A click that was painted sooner than the browser counts is not among the numbers. */
function spread(all: number[]): Spread {
  const sorted = [...all].sort((one, other) => one - other);
  return {
    median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    worst: Math.round(sorted.at(-1) ?? 0),
  };
}

const WARM_UP_MS = 5_000;
