// A state in a few words.

import type { Entity } from "../api/types";
import { decimal } from "../i18n/number";
import { stateWord, t } from "../i18n/text";
import { items, modes, number, pct } from "./attributes";

/** The state in a few words. */
export function summary(entity: Entity): string {
  if (!entity.available) return t("offline");
  if (entity.domain === "todo") return t("itemsOpen", { n: items(entity).length });
  if (entity.state === null) return t("unknown");
  const word = stateWord(entity.state);
  const position = number(entity, "current_position");
  switch (entity.domain) {
    case "light": {
      const brightness = number(entity, "brightness");
      return entity.state === "on" && brightness !== null && modes(entity).some((mode) => mode !== "onoff")
        ? `${word} · ${pct(brightness)}%`
        : word;
    }
    case "cover":
    case "valve":
      return position !== null && 0 < position && position < 100 ? `${word} · ${position}%` : word;
    case "fan": {
      const speed = number(entity, "percentage");
      return entity.state === "on" && speed ? `${word} · ${speed}%` : word;
    }
    case "humidifier": {
      const now = number(entity, "current_humidity");
      return now === null ? word : `${word} · ${now}%`;
    }
    case "climate": {
      const now = number(entity, "current_temperature");
      return now === null ? word : `${word} · ${decimal(now)}°`;
    }
    case "media_player": {
      const title = entity.attributes.media_title;
      return typeof title === "string" && entity.state !== "off" ? `${word} · ${title}` : word;
    }
    case "vacuum": {
      const battery = number(entity, "battery_level");
      return battery === null ? word : `${word} · ${battery}%`;
    }
    default:
      return word;
  }
}
