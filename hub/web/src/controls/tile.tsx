// One device: its name, its state, its most used control; more unfolds.

import { useState } from "preact/hooks";
import type { Entity } from "../api/types";
import { t } from "../i18n/text";
import { act } from "../state/actions";
import { isActive } from "../state/entity";
import { entityOf } from "../state/house";
import { Controls } from "./controls";
import { Detail } from "./detail";
import { Icon, iconOf } from "./icons";
import { MainControl } from "./main_control";
import type { Run } from "./run";
import { summary } from "./summary";

export function Tile({ id }: { id: string }) {
  const [isOpen, setOpen] = useState(unfolded.has(id));
  const [waiting, setWaiting] = useState(0);
  const entity = entityOf(id);
  if (!entity) return null;
  const run: Run = async (service, data = {}) => {
    setWaiting((count) => count + 1);
    const went = await act(entity.id, `${entity.domain}.${service}`, data);
    setWaiting((count) => count - 1);
    return went;
  };
  const fold = () => {
    if (isOpen) unfolded.delete(id);
    else unfolded.add(id);
    setOpen(!isOpen);
  };
  return (
    <article class={`tile ${looks(entity)} ${waiting ? "busy" : ""}`} aria-busy={0 < waiting}>
      <div class="tile-head">
        <Name entity={entity} isOpen={isOpen} fold={fold} />
        <MainControl entity={entity} run={run} />
      </div>
      <Controls entity={entity} run={run} isOpen={isOpen} />
      {isOpen && <Detail entity={entity} />}
    </article>
  );
}

function Name({ entity, isOpen, fold }: { entity: Entity; isOpen: boolean; fold: () => void }) {
  return (
    <button type="button" class="tile-name" aria-expanded={isOpen} onClick={fold}>
      <span class="badge" style={tint(entity)}>
        <Icon name={iconOf(entity.domain, entity.device_class, entity.state)} />
      </span>
      <span class="tile-text">
        <span class="tile-title">{entity.name}</span>
        <span class="tile-state">
          {summary(entity)}
          {entity.available && entity.quality === "stale" && <em>{t("stale")}</em>}
          {entity.available && entity.quality === "assumed" && <em>{t("assumed")}</em>}
        </span>
      </span>
    </button>
  );
}

function looks(entity: Entity): string {
  const isOn = entity.available && isActive(entity);
  return [isOn && "on", entity.available ? entity.quality : "offline", ODD.has(entity.state ?? "") && "odd"]
    .filter(Boolean)
    .join(" ");
}

/** A lamp's badge has the lamp's colour. */
function tint(entity: Entity): Record<string, string> | undefined {
  const color = entity.attributes.hs_color;
  if (
    entity.domain !== "light" ||
    entity.state !== "on" ||
    !Array.isArray(color) ||
    entity.attributes.color_mode === "color_temp"
  )
    return undefined;
  return { "--tint": `hsl(${Number(color[0])} ${Math.max(40, Number(color[1]))}% 48%)` };
}

/** What a person unfolded stays so while the tile is out of sight. */
const unfolded = new Set<string>();
const ODD = new Set(["unlocked", "triggered", "jammed"]);
