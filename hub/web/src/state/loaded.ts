// What a screen asks the hub for when it opens.

import { useCallback, useEffect, useState } from "preact/hooks";
import { get } from "../api/client";

/** What lies under a path, once it is there, and a call that asks for it again. */
export function useLoaded<T>(path: string): [T | null, () => Promise<void>] {
  const [value, setValue] = useState<T | null>(null);
  const load = useCallback(
    () =>
      get<T>(path).then(
        (now) => setValue(now as never),
        () => undefined,
      ),
    [path],
  );
  useEffect(() => void load(), [load]);
  return [value, load];
}
