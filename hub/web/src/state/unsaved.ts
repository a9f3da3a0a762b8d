// Whether something was changed and not saved; a page that is closed then asks first.

import { effect, signal } from "@preact/signals";

export const hasUnsaved = signal(false);

effect(() => {
  if (typeof addEventListener === "undefined") return;
  if (hasUnsaved.value) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
});

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
