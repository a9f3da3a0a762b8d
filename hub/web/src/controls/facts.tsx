// What is only observed: measured values, contacts, motion, weather, people.

import { useState } from "preact/hooks";
import type { Entity } from "../api/types";
import { language, stateWord, t } from "../i18n/text";
import { decimal } from "../i18n/number";
import { wantsAttention } from "../state/entity";
import { entityOf } from "../state/house";
import { Detail } from "./detail";
import { Icon, iconOf } from "./icons";

export function Facts({ ids }: { ids: string[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <>
      <ul class="facts">
        {ids.map((id) => (
          <li key={id}>
            <Fact id={id} isOpen={id === chosen} toggle={setChosen} />
          </li>
        ))}
      </ul>
      {chosen && ids.includes(chosen) && <FactDetail id={chosen} />}
    </>
  );
}

function Fact({ id, isOpen, toggle }: { id: string; isOpen: boolean; toggle: (id: string | null) => void }) {
  const entity = entityOf(id);
  if (!entity) return null;
  return (
    <button
      type="button"
      class={`fact ${tone(entity)}`}
      aria-expanded={isOpen}
      onClick={() => toggle(isOpen ? null : id)}
    >
      <Icon name={iconOf(entity.domain, entity.device_class, entity.state)} size={17} />
      <span>{entity.name}</span>
      <strong>{observed(entity)}</strong>
      {entity.quality === "stale" && entity.available && <em>{t("stale")}</em>}
    </button>
  );
}

function FactDetail({ id }: { id: string }) {
  const entity = entityOf(id);
  if (!entity) return null;
  return (
    <div class="fact-detail">
      {entity.domain === "weather" && <Forecast entity={entity} />}
      <Detail entity={entity} />
    </div>
  );
}

function tone(entity: Entity): string {
  if (entity.quality === "stale") return "stale";
  if (wantsAttention(entity)) return "odd";
  return entity.domain === "binary_sensor" && entity.state === "on" ? "on" : "";
}

/** What an observation says, with its unit, and how well it is known. */
function observed(entity: Entity): string {
  if (!entity.available) return t("offline");
  if (entity.state === null) return t("unknown");
  const { unit_of_measurement: unit, temperature, temperature_unit: degrees } = entity.attributes;
  if (entity.domain === "weather") {
    const outside = temperature === undefined ? "" : `${String(temperature)} ${String(degrees ?? "°C")}`;
    return [stateWord(entity.state), outside].filter(Boolean).join(", ");
  }
  const number = Number(entity.state);
  if (entity.domain === "sensor" && entity.state !== "" && !Number.isNaN(number))
    return `${decimal(number)}${unit ? `\u202f${String(unit)}` : ""}`;
  return stateWord(entity.state, entity.device_class);
}

function Forecast({ entity }: { entity: Entity }) {
  const days = Array.isArray(entity.attributes.forecast)
    ? (entity.attributes.forecast as Record<string, unknown>[])
    : [];
  if (days.length === 0) return null;
  return (
    <>
      <p class="caption">{t("forecast")}</p>
      <ul class="forecast">
        {days.slice(0, DAYS).map((day, index) => (
          <li key={index}>
            {new Date(String(day.datetime)).toLocaleDateString(language().locale, {
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

const DAYS = 5;
