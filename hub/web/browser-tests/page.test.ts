// What a person sees and hears on the page.

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ANSWERS, RINGING } from "../fake/answers";
import { openChromium, untilDrawn } from "../fake/chromium";
import { FakeHub, type FakeOptions } from "../fake/hub";

let browser: Browser | null = null;
let hub: FakeHub;
let page: Page;
beforeAll(async () => {
  browser = await openChromium();
});
afterEach(async () => {
  await page?.context().close();
  await hub?.stop();
});
afterAll(async () => {
  await browser?.close();
});

/** Opens the page; false where there is no browser. */
async function open(options: Partial<FakeOptions> = {}): Promise<boolean> {
  if (!browser) return false;
  hub = await FakeHub.start({ dist: "dist", entities: 84, ...options });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript(() => {
    localStorage.setItem("hearth-lang", "en");
    const counted = window as unknown as { tones: number };
    counted.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
      counted.tones++;
      start.call(this, when);
    };
  });
  page = await context.newPage();
  await page.goto(hub.url);
  await untilDrawn(page);
  return true;
}

const tones = () => page.evaluate(() => (window as unknown as { tones: number }).tones);
const say = async (words: string) => {
  await page.locator(".ask input").fill(words);
  await page.locator(".ask .send").click();
};

it("what rings is heard and stands in the title until it is stopped", async () => {
  if (!(await open())) return;
  await page.locator("[type=search]").click();
  expect(await page.title()).toBe("Home – Hearth");
  hub.notices = RINGING.notices.filter((one) => one.kind === "timer");
  hub.tell("timers", [{ ...ANSWERS.timers[0], active: false, left_s: 0, rings: true }]);
  hub.tell("notices", hub.notices);
  await page.locator(".rings").waitFor();
  await page.waitForTimeout(2500);
  expect(await page.title()).toBe("🔔 The timer “tea” is done.");
  expect(await tones()).toBeGreaterThan(2);
  await page.locator(".rings").getByRole("button", { name: "Stop" }).click();
  await page.locator(".rings").waitFor({ state: "detached" });
  const before = await tones();
  await page.waitForTimeout(2500);
  expect(await tones()).toBe(before);
  expect(await page.title()).toBe("Home – Hearth");
});

it("a question has the answers that fit it", async () => {
  if (!(await open())) return;
  const answers = page.locator(".reply .answers");
  await say("when");
  await answers.getByLabel("When").fill("at 8");
  expect(await answers.getByRole("button", { name: "Yes" }).count()).toBe(0);
  await say("confirm");
  await answers.getByRole("button", { name: "Yes" }).waitFor();
  await say("which");
  await answers.getByRole("button", { name: "2 others" }).click();
  expect(await answers.getByRole("button", { name: "Ceiling light" }).count()).toBe(8);
});

it("a turn that was taken back says so", async () => {
  if (!(await open())) return;
  await say("turn on the lamp");
  await page.getByRole("button", { name: "Take back" }).click();
  await page.locator(".undone .mark").waitFor();
  expect(await page.getByRole("button", { name: "Take back" }).count()).toBe(0);
});

it("a guarded control asks with the focus on what does least, and Escape says no", async () => {
  if (!(await open())) return;
  await page.locator("[type=search]").fill("door");
  await page.locator(".tile .button").first().click();
  const dialog = page.locator("dialog[open]");
  await dialog.waitFor();
  expect(await dialog.locator(":focus").getAttribute("aria-label")).toBe("Your household's PIN");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" }).catch(() => undefined);
  expect(await page.locator("dialog[open]").count()).toBe(0);
});

it("a room is jumped to and drawn, however far it is", async () => {
  if (!(await open({ entities: 2000 }))) return;
  expect(await page.locator(".tile").count()).toBeLessThan(150);
  const last = page.locator(".room-links .chip").last();
  const name = await last.textContent();
  await last.click();
  const heading = page.locator(".room-name:focus");
  expect(await heading.textContent()).toBe(name);
  await page.waitForTimeout(500);
  expect((await heading.boundingBox())?.y).toBeLessThan(900);
  await page.locator("section:has(.room-name:focus) .tile").first().waitFor();
});

it("a report is shown where it belongs, and what is unfolded stays so", async () => {
  if (!(await open({ entities: 2000 }))) return;
  const tile = page.locator(".tile").first();
  const name = (await tile.locator(".tile-title").textContent()) ?? "";
  await tile.locator(".tile-name").click();
  const entity = hub.house.entities.find((one) => one.name === name);
  hub.tell("entities", { entities: [{ ...entity, name, state: "on", available: false }], gone: [] });
  await page.locator(".tile.offline", { hasText: name }).waitFor();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.waitForTimeout(400);
  await page.evaluate(() => scrollTo(0, 0));
  await page.locator(".tile .detail").first().waitFor();
});

it("rules that are not saved are asked about, and guests see neither rules nor tokens", async () => {
  if (!(await open())) return;
  await page.getByRole("link", { name: "Settings" }).click();
  await page.locator(".tier").first().selectOption("never");
  page.once("dialog", (dialog) => void dialog.dismiss());
  await page.getByRole("link", { name: "Planned" }).click();
  await page.waitForTimeout(200);
  expect(await page.locator("h1").textContent()).toBe("Settings");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("link", { name: "Planned" }).click();
  await page.getByRole("heading", { name: "What is planned" }).waitFor();
  await page.context().close();
  await hub.stop();
  await open({ who: "guest" });
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Change the password" }).waitFor();
  expect(await page.getByRole("heading", { name: "Access for programs" }).count()).toBe(0);
  expect(await page.locator(".rules").count()).toBe(0);
});

it("settings tell how the hub's own microphone is, and why it is not listened to", async () => {
  if (!(await open())) return;
  await page.getByRole("link", { name: "Settings" }).click();
  const card = page.locator("#board-microphone");
  await card.waitFor();
  expect(await card.textContent()).toContain("It can't be listened to, and is tried again.");
  expect(await card.textContent()).toContain("open the microphone `ear`: No such file");
  expect(await card.textContent()).toContain("There is no such device. Plug it in");
  // It is told as it changes.
  hub.tell("status", {
    ...hub.status,
    muted: true,
    microphone: { state: "muted", problem: null, reason: null },
  });
  await card.getByText("It is closed while the hub is deaf.").waitFor();
  expect(await card.textContent()).not.toContain("No such file");
});

it("the owner chooses the hub's microphone, speaker and room, and sees how loud it is and what it hears", async () => {
  if (!(await open())) return;
  await page.getByRole("link", { name: "Settings" }).click();
  const card = page.locator("#board-microphone");
  const device = card.getByRole("combobox", { name: "Microphone" });
  await device.waitFor();
  expect(await device.locator("option").allTextContents()).toEqual([
    "None",
    "ear (not there)",
    "Default Audio Device (default)",
    "Desk microphone, USB Audio (plughw:CARD=Desk,DEV=0)",
  ]);
  await device.selectOption("plughw:CARD=Desk,DEV=0");
  await card.getByText("It waits for the wake phrase.").waitFor();
  await card.getByRole("combobox", { name: "The room they stand in" }).selectOption("Kitchen");
  await expect
    .poll(() => hub.microphones)
    .toMatchObject({ device: "plughw:CARD=Desk,DEV=0", speaker: null, area: "room_0" });
  await card.getByRole("combobox", { name: "Speaker" }).selectOption("plughw:CARD=Box,DEV=0");
  await expect
    .poll(() => hub.microphones)
    .toMatchObject({ device: "plughw:CARD=Desk,DEV=0", speaker: "plughw:CARD=Box,DEV=0", area: "room_0" });

  await card.getByRole("button", { name: "Test the microphone" }).click();
  const loudness = card.getByRole("meter", { name: "Loudness" });
  await hub.hear("level", { level: 0.25 });
  await expect.poll(() => loudness.getAttribute("value")).toBe("0.5");
  await hub.hear("speech", {});
  await hub.hear("partial", { text: "turn on" });
  await card.getByText("turn on", { exact: true }).waitFor();
  await hub.hear("heard", { text: "turn on the light", confidence: 0.871 });
  await card.getByText("Heard: “turn on the light”, 87 % sure").waitFor();
  await card.getByRole("button", { name: "End the test" }).click();
  await expect.poll(() => hub.isUntested).toBe(true);
  expect(await loudness.count()).toBe(0);

  // Why it ends is said in words.
  await card.getByRole("button", { name: "Test the microphone" }).click();
  await hub.hear("failed", { why: "muted", said: "the hub is muted" });
  await card.getByText("The hub is deaf, and its microphone closed.").waitFor();
  await card.getByRole("button", { name: "As the configuration says" }).click();
  await expect.poll(() => hub.microphones.device).toBe("ear");
});

it("what is otherwise than usual is told one at a time, and only what the hub can end has a button for it", async () => {
  if (!(await open())) return;
  const card = page.locator("section.usual");
  await card.waitFor();
  expect(await card.textContent()).toContain("39 of 40 times");
  expect(await card.getByRole("button").allTextContents()).toEqual([
    "Do it now",
    "Not today",
    "Don't tell me this",
  ]);
  // Once that is answered, the next one is told.
  await page.route("**/learning?*", async (route) => {
    const told = await (await route.fetch()).json();
    await route.fulfill({ json: { ...told, hints: told.hints.slice(1) } });
  });
  const answered = page.waitForRequest((request) => request.url().includes("learning/suggestions/left_on"));
  await card.getByRole("button", { name: "Don't tell me this" }).click();
  expect((await answered).postDataJSON()).toEqual({ answer: "never" });
  await card.getByText("between 18 °C and 20 °C").waitFor();
  expect(await card.getByRole("button").allTextContents()).toEqual(["Not today", "Don't tell me this"]);
});

it("the owner says how a strange word sounds, and takes it back", async () => {
  if (!(await open())) return;
  await page.getByRole("link", { name: "Settings" }).click();
  const word = page.locator("#names-heard li", { hasText: "siobhan" });
  const sounds = word.getByRole("textbox");
  expect(await sounds.inputValue()).toBe("see oh ban");
  expect(await word.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await sounds.fill("she von");
  await word.getByRole("button", { name: "Save" }).click();
  await word.getByRole("button", { name: "As proposed: “see oh ban”" }).click();
  await expect.poll(() => sounds.inputValue()).toBe("see oh ban");
  expect(hub.pronunciations[0]).toMatchObject({ own: null });
  const unheard = page.locator("#names-heard li", { hasText: "velux" });
  expect(await unheard.textContent()).toContain("can’t be heard yet");
  await unheard.getByRole("textbox").fill("view lucks");
  await unheard.getByRole("button", { name: "Save" }).click();
  await unheard.getByRole("button", { name: "Take back" }).waitFor();
  expect(hub.pronunciations[1]).toMatchObject({ word: "velux", own: "view lucks" });
});
