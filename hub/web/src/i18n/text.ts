// The page's words. The browser's language is followed until a person chooses.

import { signal } from "@preact/signals";
import { keep, kept } from "../browser/storage";
import { en } from "./en";
import type { Key, Language } from "./language";
import { zh } from "./zh";

/** A language more is a file and a line here. */
export const LANGUAGES = {
  en,
  zh,
} satisfies Record<string, Language>;

export type Lang = keyof typeof LANGUAGES;
export type { Key } from "./language";

// Before its first use: a constant is not there while the module is still read above it.
const KEPT = "hearth-lang";

export const lang = signal<Lang>(firstLang());

/** The language of the page with its name, tag and words. */
export function language(): Language {
  return LANGUAGES[lang.value];
}

/** A text in the language of the page. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(language().texts[key], values);
}

/** A state word for people. */
export function stateWord(state: string, deviceClass: string | null = null): string {
  const observed = deviceClass ? language().observations[deviceClass] : undefined;
  if (observed && (state === "on" || state === "off")) return observed[state === "on" ? 0 : 1];
  const known = language().states[state];
  if (known) return known;
  const words = state.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The `lang` attribute for words of the hub in that language. */
export function tagOf(spoken: string): string {
  return isLang(spoken) ? LANGUAGES[spoken].tag : spoken;
}

/** Speaks a language from now on, and in this browser next time too. */
export function choose(next: Lang): void {
  lang.value = next;
  keep(KEPT, next);
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function firstLang(): Lang {
  const chosen = kept(KEPT);
  if (chosen && isLang(chosen)) return chosen;
  const own = typeof navigator === "undefined" ? "en" : navigator.language.toLowerCase().slice(0, 2);
  return isLang(own) ? own : "en";
}

function isLang(name: string): name is Lang {
  return Object.hasOwn(LANGUAGES, name);
}
