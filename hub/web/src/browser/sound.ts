// A bell, made by the browser itself: nothing is loaded, so it rings while the hub is away too.

import { signal } from "@preact/signals";

/** Whether the browser keeps the page silent until somebody touches it. */
export const isMuted = signal(false);

let context: AudioContext | null = null;
let again: ReturnType<typeof setInterval> | undefined;

/** Rings until `stopBell` is called; once the page has been touched, if the browser wants that first. */
export function startBell(): void {
  if (again !== undefined || typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  context.onstatechange = look;
  void context.resume().catch(() => undefined);
  look();
  strike();
  again = setInterval(strike, EVERY_MS);
  for (const touch of TOUCHES) addEventListener(touch, wake, { capture: true });
}

export function stopBell(): void {
  clearInterval(again);
  again = undefined;
  isMuted.value = false;
  for (const touch of TOUCHES) removeEventListener(touch, wake, { capture: true });
}

function wake(): void {
  void context?.resume().catch(() => undefined);
}

function look(): void {
  isMuted.value = again !== undefined && context?.state === "suspended";
}

/** Two tones, soft at both ends. */
function strike(): void {
  look();
  if (context?.state !== "running") return;
  for (const [at, hertz] of TONES) {
    const start = context.currentTime + at;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(VOLUME, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH_S);
  }
}

const TOUCHES = ["pointerdown", "keydown"] as const;
const TONES: [at: number, hertz: number][] = [
  [0, 784],
  [0.28, 988],
];
const VOLUME = 0.25;
const LENGTH_S = 0.7;
const EVERY_MS = 2_000;
