// What a language of the page is.

import type { en } from "./en";

export type Key = keyof typeof en.texts;

export interface Language {
  /** Its name in itself. */
  name: string;
  tag: string;
  locale: string | undefined;
  /** Whether what stands alone begins with a capital letter. */
  hasCapitals: boolean;
  texts: Record<Key, string>;
  states: Record<string, string>;
  observations: Record<string, [string, string]>;
}
