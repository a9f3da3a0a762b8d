// What rings: it is heard, shown in the title, and told by the system, until somebody stops it.

import { computed, effect, signal } from "@preact/signals";
import type { Notice } from "../api/types";
import { notify } from "../browser/notifications";
import { startBell, stopBell } from "../browser/sound";
import { keep, kept } from "../browser/storage";
import { notices, timers } from "./house";
import { moment } from "./moment";
import { schedules } from "./schedules";

// Before its first use: a constant is not there while the module is still read above it.
const KEPT = "hearth-sound";

/** Whether this browser sounds when something rings. */
export const hasSound = signal(kept(KEPT) !== "off");

export function setSound(isOn: boolean): void {
  hasSound.value = isOn;
  keep(KEPT, isOn ? "on" : "off");
}

/** What rings now. */
export const ringing = computed(() => notices.value.filter(rings));

/** Whether a notice rings: an alarm or a reminder as long as the hub says so, a timer or a danger until it is dismissed. */
export function rings(notice: Notice): boolean {
  if (notice.schedule) return schedules.value.some((one) => one.id === notice.schedule && one.rings);
  if (notice.kind === "timer" && !timers.value.list.some((timer) => timer.rings)) return false;
  return UNTIL_DISMISSED.has(notice.kind) && moment.value - notice.at_ms < MAX_RING_MS;
}

/** Sounds and tells as long as something rings; until what it returns is called. */
export function followRinging(): () => void {
  const told = new Map<number, () => void>();
  const stop = effect(() => {
    const now = ringing.value;
    if (0 < now.length && hasSound.value) startBell();
    else stopBell();
    for (const one of now) if (!told.has(one.id)) told.set(one.id, notify(one.said, `hearth-${one.id}`));
    for (const [id, take] of told)
      if (!now.some((one) => one.id === id)) {
        take();
        told.delete(id);
      }
  });
  return () => {
    stop();
    stopBell();
    for (const take of told.values()) take();
  };
}

const UNTIL_DISMISSED = new Set(["timer", "danger"]);
/** A page that is opened the next morning does not ring for yesterday's tea. */
const MAX_RING_MS = 3_600_000;
