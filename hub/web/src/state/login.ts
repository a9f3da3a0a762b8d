// Who is logged in at this browser.

import { signal } from "@preact/signals";
import { get, onLoggedOut, post } from "../api/client";
import type { Me } from "../api/types";

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

onLoggedOut.call = () => {
  if (me.value?.logged_in) me.value = { ...me.value, logged_in: false };
};
