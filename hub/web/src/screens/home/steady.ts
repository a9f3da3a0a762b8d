// A set that changes often, looked at once in a while.

import type { Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

/** The set as it was at most a second ago; null for none. */
export function useSteady(set: Signal<ReadonlySet<string>> | null): ReadonlySet<string> | null {
  const [, setTick] = useState(0);
  const seen = useRef<ReadonlySet<string> | null>(null);
  const of = useRef(set);
  if (of.current !== set || !seen.current) {
    of.current = set;
    seen.current = set?.peek() ?? null;
  }
  useEffect(() => {
    if (!set) return;
    const again = setInterval(() => {
      if (seen.current === set.peek()) return;
      seen.current = set.peek();
      setTick((tick) => tick + 1);
    }, LOOK_MS);
    return () => clearInterval(again);
  }, [set]);
  return seen.current;
}

const LOOK_MS = 1000;
