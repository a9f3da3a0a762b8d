// Times and lengths in the language of the page.

import { lang, language } from "./text";

/** How long ago something was, in words. */
export function ago(ms: number, now: number): string {
  let value = Math.round((ms - now) / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(value) < size) return relative().format(Math.round(value), unit);
    value /= size;
  }
  return "";
}

/** When something will be, in words: soon by its distance, later by day and clock. */
export function until(ms: number, now: number): string {
  const minutes = Math.round((ms - now) / 60_000);
  if (minutes <= NEAR_MIN) return relative().format(Math.max(0, minutes), "minute");
  const isSoon = ms - now < 6 * 86_400_000;
  return new Date(ms).toLocaleString(language().locale, {
    ...(isSoon ? { weekday: "long" } : { day: "numeric", month: "long" }),
    ...CLOCK,
  });
}

/** A time of day. */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(language().locale, CLOCK);
}

/** Milliseconds in whole seconds, at least one. */
export function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}

/** Seconds as hours, minutes and seconds. */
export function clock(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** One formatter a language: making one costs more than all it formats. */
function relative(): Intl.RelativeTimeFormat {
  const known = formats.get(lang.value);
  if (known) return known;
  const fresh = new Intl.RelativeTimeFormat(lang.value, { numeric: "auto" });
  formats.set(lang.value, fresh);
  return fresh;
}

/** As the hub's replies tell it. */
const CLOCK: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit", hourCycle: "h23" };
const formats = new Map<string, Intl.RelativeTimeFormat>();
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
  ["week", 1e9],
];
/** Up to here people think in minutes. */
const NEAR_MIN = 90;
