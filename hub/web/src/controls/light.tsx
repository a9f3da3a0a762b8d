// A light: how bright, how warm, which colour.

import { t } from "../i18n/text";
import { modes, number, pct } from "./attributes";
import { Slider } from "./parts";
import type { FoldedControlProps } from "./run";

export function Light({ entity, run, isOpen }: FoldedControlProps) {
  const known = modes(entity);
  const canDim = known.some((mode) => mode !== "onoff");
  const isOn = entity.state === "on";
  const color = entity.attributes.hs_color;
  const hue = Array.isArray(color) ? Number(color[0]) : 30;
  return (
    <>
      {canDim && (isOn || isOpen) && (
        <Slider
          label={t("brightness")}
          value={isOn ? Math.max(1, pct(number(entity, "brightness") ?? 0)) : 0}
          min={1}
          max={100}
          unit="%"
          send={(value) => run("turn_on", { brightness_pct: value })}
        />
      )}
      {isOpen && known.includes("color_temp") && (
        <Slider
          label={t("warmth")}
          kind="warmth"
          value={number(entity, "color_temp_kelvin") ?? 3000}
          min={number(entity, "min_color_temp_kelvin") ?? 2200}
          max={number(entity, "max_color_temp_kelvin") ?? 6500}
          step={100}
          unit=" K"
          send={(value) => run("turn_on", { color_temp_kelvin: value })}
        />
      )}
      {isOpen && known.some((mode) => COLORED.has(mode)) && (
        <Slider
          label={t("color")}
          kind="hue"
          value={Math.round(hue)}
          min={0}
          max={360}
          step={5}
          unit="°"
          send={(value) => run("turn_on", { hs_color: [value, 90] })}
        />
      )}
    </>
  );
}

const COLORED = new Set(["hs", "rgb", "rgbw", "rgbww", "xy"]);
