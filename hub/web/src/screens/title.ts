// The title of the tab: the screen, or what rings.

import { effect } from "@preact/signals";
import { type Key, t } from "../i18n/text";
import { ringing } from "../state/ringing";

/** Keeps the title until what it returns is called. */
export function followTitle(screen: Key): () => void {
  const stop = effect(() => {
    const first = ringing.value[0];
    document.title = first ? `🔔 ${first.said}` : `${t(screen)} – Hearth`;
  });
  return () => {
    stop();
    document.title = "Hearth";
  };
}
