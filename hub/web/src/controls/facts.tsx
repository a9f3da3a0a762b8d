// What is only observed: measured values, contacts, motion, weather, people.

import { useState } from "preact/hooks";
import type { Entity } from "../api/types";
import { Detail } from "./detail";
import { Icon, iconOf } from "./icons";
import { stateWord, t } from "../i18n/text";
import { wantsAttention } from "../state/entity";

export function Facts({ entities }: { entities: Entity[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const open = entities.find((entity) => entity.id === chosen);
  return (
    <>
      <ul class="facts">
        {entities.map((entity) => (
          <li key={entity.id}>
            <button
              type="button"
              class={`fact ${entity.quality === "stale" ? "stale" : wantsAttention(entity) ? "odd" : isOn(entity) ? "on" : ""}`}
              aria-expanded={entity.id === chosen}
              onClick={() => setChosen(entity.id === chosen ? null : entity.id)}
            >
              <Icon name={iconOf(entity.domain, entity.device_class, entity.state)} size={17} />
              <span>{entity.name}</span>
              <strong>{observed(entity)}</strong>
              {entity.quality === "stale" && entity.available && <em>{t("stale")}</em>}
            </button>
          </li>
        ))}
      </ul>
      {open && (
        <div class="fact-detail">
          {open.domain === "weather" && <Forecast entity={open} />}
          <Detail entity={open} />
        </div>
      )}
    </>
  );
}

/** What an observation says, with its unit, and how well it is known. */
export function observed(entity: Entity): string {
  if (!entity.available) return t("offline");
  if (entity.state === null) return t("unknown");
  const { unit_of_measurement: unit, temperature, temperature_unit: degrees } = entity.attributes;
  const number = Number(entity.state);
  if (entity.domain === "weather")
    return [
      stateWord(entity.state),
      temperature === undefined ? "" : `${String(temperature)} ${String(degrees ?? "°C")}`,
    ]
      .filter(Boolean)
      .join(", ");
  if (entity.domain === "sensor" && entity.state !== "" && !Number.isNaN(number))
    return `${number.toLocaleString()}${unit ? `\u202f${String(unit)}` : ""}`;
  return stateWord(entity.state, entity.device_class);
}

function isOn(entity: Entity): boolean {
  return entity.domain === "binary_sensor" && entity.state === "on";
}

function Forecast({ entity }: { entity: Entity }) {
  const days = Array.isArray(entity.attributes.forecast)
    ? (entity.attributes.forecast as Record<string, unknown>[])
    : [];
  if (days.length === 0) return null;
  return (
    <>
      <h4>{t("forecast")}</h4>
      <ul class="forecast">
        {days.slice(0, 5).map((day, index) => (
          <li key={index}>
            {new Date(String(day.datetime)).toLocaleDateString(undefined, {
              weekday: "short",
              day: "numeric",
            })}{" "}
            · {stateWord(String(day.condition))} · {String(day.templow ?? "")}–{String(day.temperature)}°
          </li>
        ))}
      </ul>
    </>
  );
}
