// What is planned, in the language of the page.

import { signal } from "@preact/signals";
import { get } from "../api/client";
import type { Schedule } from "../api/types";
import { lang } from "../i18n/text";

export const schedules = signal<Schedule[]>([]);

export async function loadSchedules(): Promise<void> {
  await get<Schedule[]>(`schedules?lang=${lang.value}`).then(
    (all) => (schedules.value = all),
    () => undefined,
  );
}

/** The soonest first; what waits for something has no time and comes by name. */
export function inOrder(plans: Schedule[]): Schedule[] {
  return [...plans].sort(
    (one, other) =>
      (one.due_ms ?? Infinity) - (other.due_ms ?? Infinity) || one.title.localeCompare(other.title),
  );
}
