// What controls are made of.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icons";

export function Toggle({
  label,
  isOn,
  run,
}: {
  label: string;
  isOn: boolean;
  run: (on: boolean) => Promise<boolean>;
}) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  const shown = wanted ?? isOn;
  const flip = async () => {
    setWanted(!shown);
    await run(!shown);
    setWanted(null);
  };
  return (
    <button
      type="button"
      role="switch"
      class="toggle"
      aria-checked={shown}
      aria-label={label}
      aria-disabled={wanted !== null}
      onClick={() => wanted === null && void flip()}
    >
      <span />
    </button>
  );
}

/** Asks the device for something; off where that would change nothing. */
export function Act({
  label,
  isOff = false,
  kind = "",
  send,
  children,
}: {
  label?: string;
  isOff?: boolean;
  kind?: string;
  send: () => Promise<boolean>;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={`button ${kind}`.trim()}
      aria-label={label}
      disabled={isOff}
      onClick={() => void send()}
    >
      {children}
    </button>
  );
}

/** Sends when let go; shows what is wanted until the device has answered. */
export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  unit,
  kind = "",
  send,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  unit: string;
  kind?: string;
  send: (value: number) => Promise<boolean>;
}) {
  const [wanted, setWanted] = useState<number | null>(null);
  const shown = wanted ?? value;
  const part = max === min ? 0 : ((Math.min(max, Math.max(min, shown)) - min) / (max - min)) * 100;
  const done = async (next: number) => {
    setWanted(next);
    await send(next);
    setWanted(null);
  };
  return (
    <label class={`slider ${kind}`}>
      <span>{label}</span>
      <output>
        {Math.round(shown)}
        {unit}
      </output>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        style={{ "--part": `${part}%` }}
        aria-valuetext={`${Math.round(shown)}${unit}`}
        onInput={(event) => setWanted(Number(event.currentTarget.value))}
        onChange={(event) => void done(Number(event.currentTarget.value))}
      />
    </label>
  );
}

export function Round({ icon, label, press }: { icon: string; label: string; press: () => unknown }) {
  return (
    <button type="button" class="round" aria-label={label} title={label} onClick={() => void press()}>
      <Icon name={icon} />
    </button>
  );
}
