// Who is logged in at this browser.

import { signal } from "@preact/signals";
import { get, onLoggedOut, post } from "../api/client";
import type { Me, Person } from "../api/types";
import { t } from "../i18n/text";

export const me = signal<Me | null>(null);

export async function askMe(): Promise<void> {
  me.value = await get<Me>("me");
}

export async function logout(): Promise<void> {
  await post("logout", {}).catch(() => undefined);
  location.hash = "";
  await askMe().catch(() => undefined);
}

export function isOwner(): boolean {
  return me.value?.person?.is_owner === true;
}

/** Guests and children make no tokens and name no rooms. */
export function isResident(): boolean {
  return me.value?.person?.role === "resident";
}

/** A person's name; the owner who has none is called so in the language of the page. */
export function personName(person: Person): string {
  return person.is_owner && person.name === "Owner" ? t("owner") : person.name;
}

onLoggedOut.call = () => {
  if (me.value?.logged_in) me.value = { ...me.value, logged_in: false };
};
