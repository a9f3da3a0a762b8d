// Every screen and state in both languages, looked at by axe.

import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RINGING } from "../fake/answers";
import { openChromium, untilDrawn } from "../fake/chromium";
import { FakeHub, type FakeOptions } from "../fake/hub";
import { type Lang, LANGUAGES } from "../src/i18n/text";

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
});

interface Opened {
  page: Page;
  hub: FakeHub;
}

interface State {
  name: string;
  who?: FakeOptions["who"];
  hash?: string;
  /** What is done until the state is there. */
  reach?: (opened: Opened) => Promise<unknown>;
}

const say = (words: string) => async (opened: Opened) => {
  await opened.page.locator(".ask input").fill(words);
  await opened.page.locator(".ask .send").click();
  await opened.page.locator(".reply .answers, .reply .about, .reply .afterwards").first().waitFor();
};

const STATES: State[] = [
  { name: "nobody's hub", who: "unclaimed" },
  { name: "the door", who: "out" },
  { name: "home" },
  { name: "home, as a guest", who: "guest" },
  {
    name: "home, only what wants attention",
    reach: ({ page }) => page.locator(".finder button").nth(2).click(),
  },
  { name: "home, nothing found", reach: ({ page }) => page.locator("[type=search]").fill("xyzzy") },
  {
    name: "a tile unfolded",
    reach: async ({ page }) => {
      await page.locator(".tile-name").first().click();
      await page.locator(".tile details summary").first().click();
    },
  },
  { name: "an observation unfolded", reach: ({ page }) => page.locator(".fact").first().click() },
  ...["which", "confirm", "pin", "when", "value", "state"].map((words) => ({
    name: `an answer: ${words}`,
    reach: say(words),
  })),
  {
    name: "a turn with its details, repaired and taken back",
    reach: async (opened) => {
      await say("turn on the lamp")(opened);
      const { page } = opened;
      await page.locator(".what summary").first().click();
      await page.locator(".afterwards .link").nth(1).click();
      await page.locator(".repair").waitFor();
      await page.locator(".afterwards .link").first().click();
      await page.locator(".mark").waitFor();
    },
  },
  {
    name: "a guarded control asks",
    reach: async ({ page }) => {
      await page.locator("[type=search]").fill("door");
      await page.locator(".tile .button").first().click();
      await page.locator("dialog[open]").waitFor();
    },
  },
  {
    name: "something rings",
    reach: async ({ page, hub }) => {
      hub.schedules = [RINGING.schedule];
      hub.tell("schedules", []);
      hub.tell("notices", RINGING.notices);
      await page.locator(".rings").first().waitFor();
    },
  },
  {
    name: "the broker and the model are away",
    reach: async ({ page, hub }) => {
      hub.tell("status", {
        ...hub.status,
        broker: false,
        model: "broken",
        model_reason: "no file",
        notice: "x",
      });
      await page.locator(".banner.bad").waitFor();
    },
  },
  {
    name: "the hub is away",
    reach: async ({ page, hub }) => {
      hub.hide();
      await page.locator(".banner.bad").waitFor();
    },
  },
  {
    name: "nothing planned, and something suggested",
    hash: "#planned",
    reach: ({ page }) => page.locator(".suggestion .done").first().waitFor(),
  },
  {
    name: "planned",
    hash: "#planned",
    reach: async ({ page, hub }) => {
      hub.schedules = [RINGING.schedule];
      hub.tell("schedules", []);
      await page.locator(".plan-text").nth(1).waitFor();
      await page.locator("[aria-expanded=false]").first().click();
    },
  },
  { name: "settings", hash: "#settings", reach: ({ page }) => page.locator(".rules").waitFor() },
  {
    name: "settings, a room renamed and rules unsaved",
    hash: "#settings",
    reach: async ({ page }) => {
      await page.locator(".room-row button").first().click();
      await page.locator(".tier").first().selectOption("never");
      await page.locator(".save").waitFor();
    },
  },
  {
    name: "settings, the microphone is tested",
    hash: "#settings",
    reach: async ({ page, hub }) => {
      await page.locator(".microphone-test button").click();
      await hub.hear("heard", { text: "turn on the light", confidence: 0.9 });
      await page.locator("#board-microphone meter").waitFor();
    },
  },
  { name: "settings, as a guest", who: "guest", hash: "#settings" },
];
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

for (const lang of Object.keys(LANGUAGES) as Lang[])
  describe.each(Object.entries(SIZES))(`${lang}, %s`, (size, viewport) => {
    it.each(STATES)("$name", async (state) => {
      if (!browser) return;
      const scheme = size === "phone" ? "dark" : "light";
      const opened = await open(browser, state, { lang, viewport, scheme });
      try {
        const found = [...(await faults(opened.page)), ...(await small(opened.page))];
        expect(found, found.join("\n")).toEqual([]);
      } finally {
        await opened.page.context().close();
        await opened.hub.stop();
      }
    });
  });

async function open(
  browser: Browser,
  state: State,
  look: { lang: Lang; viewport: { width: number; height: number }; scheme: "dark" | "light" },
): Promise<Opened> {
  const hub = await FakeHub.start({ dist: "dist", entities: 84, who: state.who ?? "owner" });
  const context = await browser.newContext({
    viewport: look.viewport,
    colorScheme: look.scheme,
    reducedMotion: "reduce",
  });
  await context.addInitScript((lang) => localStorage.setItem("hearth-lang", lang), look.lang);
  const page = await context.newPage();
  await page.goto(hub.url + (state.hash ?? ""));
  await (state.hash || ["out", "unclaimed"].includes(state.who ?? "")
    ? page.locator("h1").waitFor()
    : untilDrawn(page));
  if (!["out", "unclaimed"].includes(state.who ?? "")) await hub.untilFollowed();
  if (state.hash) await page.waitForTimeout(300);
  await state.reach?.({ page, hub });
  return { page, hub };
}

/** What axe finds, each with the first place where it is. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run(document));
  return found.violations.map(
    (one) =>
      `${one.impact} ${one.id}: ${one.help} (${one.nodes.length}) ${one.nodes[0]?.html} ${one.nodes[0]?.failureSummary}`,
  );
}

/** What is to be touched and smaller than a finger. */
async function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, a, select, summary, input")]
      .map((one) => ({
        one: one.closest("label") ?? one,
        box: (one.closest("label") ?? one).getBoundingClientRect(),
      }))
      .filter(
        ({ one, box }) => 0 < box.width && !one.matches(".skip") && (box.height < 43.5 || box.width < 43.5),
      )
      .map(
        ({ one, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`,
      ),
  );
}
