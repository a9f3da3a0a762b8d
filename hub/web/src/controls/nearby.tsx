// Draws a part of a long page only while it is near what is seen; elsewhere a gap as high as it was keeps its place.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export function Nearby({
  height,
  render,
}: {
  /** How high it will be, roughly, before it was drawn once. */
  height: number;
  render: () => ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef(height);
  const [isNear, setNear] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    return watch(element, (isNow) => {
      // What has the focus stays, or the focus would be lost.
      if (!isNow && element.contains(document.activeElement)) return;
      if (!isNow && 0 < element.offsetHeight) drawn.current = element.offsetHeight;
      setNear(isNow);
    });
  }, []);
  return (
    <div ref={box} style={isNear ? undefined : { height: `${drawn.current}px` }}>
      {isNear && render()}
    </div>
  );
}

/** One observer for all parts. */
function watch(element: Element, tell: (isNear: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) told.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: MARGIN },
  );
  told.set(element, tell);
  observer.observe(element);
  return () => {
    told.delete(element);
    observer?.unobserve(element);
  };
}

let observer: IntersectionObserver | undefined;
const told = new WeakMap<Element, (isNear: boolean) => void>();
/** Most of a screen above and below, so that scrolling and the tab key always find something drawn. */
const MARGIN = "70% 0px";
