// What is said for a moment at the foot of the page.

import { signal } from "@preact/signals";

/** Something said for a moment, with one thing that can be done about it. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "bad";
  act?: { word: string; call: () => void };
}

export const toasts = signal<Toast[]>([]);

let last = 0;

export function toast(text: string, tone: Toast["tone"] = "plain", act?: Toast["act"]): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone, ...(act ? { act } : {}) }];
  setTimeout(() => dropToast(id), act ? WITH_ACTION_MS : PLAIN_MS);
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

const PLAIN_MS = 6_000;
const WITH_ACTION_MS = 12_000;
