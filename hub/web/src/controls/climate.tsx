// A thermostat: the target and the mode.

import { useEffect, useRef, useState } from "preact/hooks";
import { decimal } from "../i18n/number";
import { stateWord, t } from "../i18n/text";
import { number } from "./attributes";
import { Round } from "./parts";
import type { ControlProps } from "./run";

/** Several presses of plus and minus are one command. */
export function Climate({ entity, run }: ControlProps) {
  const target = number(entity, "temperature");
  const step = number(entity, "target_temp_step") ?? 0.5;
  const [wanted, setWanted] = useState<number | null>(null);
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const known = entity.attributes.hvac_modes;
  const all = Array.isArray(known) ? known.map(String) : ["off", "heat"];
  useEffect(() => () => clearTimeout(later.current), []);
  const by = (difference: number) => {
    const least = number(entity, "min_temp") ?? 5;
    const most = number(entity, "max_temp") ?? 35;
    const next = Math.min(most, Math.max(least, (wanted ?? target ?? 20) + difference));
    setWanted(next);
    clearTimeout(later.current);
    later.current = setTimeout(
      () => void run("set_temperature", { temperature: next }).finally(() => setWanted(null)),
      SETTLE_MS,
    );
  };
  const shown = wanted ?? target;
  return (
    <div class="row climate">
      {shown !== null && (
        <div class="stepper" role="group" aria-label={t("target")}>
          <Round icon="minus" label={t("cooler")} press={() => by(-step)} />
          <output>{decimal(shown, step % 1 ? 1 : 0)}°</output>
          <Round icon="plus" label={t("warmer")} press={() => by(step)} />
        </div>
      )}
      <label class="mode">
        <span class="hidden">{t("mode")}</span>
        <select
          class="field"
          value={entity.state ?? ""}
          onChange={(event) => void run("set_hvac_mode", { hvac_mode: event.currentTarget.value })}
        >
          {all.map((mode) => (
            <option key={mode} value={mode}>
              {stateWord(mode)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

const SETTLE_MS = 700;
