// The time, as often as words such as “3 minutes ago” need it.

import { signal } from "@preact/signals";

export const moment = signal(Date.now());
