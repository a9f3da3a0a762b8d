// A cover: up, stop, down, and where it stands.

import { t } from "../i18n/text";
import { number } from "./attributes";
import { Icon } from "./icons";
import { Slider } from "./parts";
import type { FoldedControlProps } from "./run";

export function Cover({ entity, run, isOpen }: FoldedControlProps) {
  const position = number(entity, "current_position");
  return (
    <>
      <div class="row thirds">
        <button
          type="button"
          class="button"
          aria-label={t("open")}
          disabled={entity.state === "open" && (position ?? 100) >= 100}
          onClick={() => void run("open_cover")}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          class="button"
          aria-label={t("stop")}
          disabled={entity.state !== "opening" && entity.state !== "closing"}
          onClick={() => void run("stop_cover")}
        >
          <Icon name="stop" size={18} />
        </button>
        <button
          type="button"
          class="button"
          aria-label={t("close")}
          disabled={entity.state === "closed"}
          onClick={() => void run("close_cover")}
        >
          <Icon name="down" />
        </button>
      </div>
      {isOpen && position !== null && (
        <Slider
          label={t("position")}
          value={position}
          min={0}
          max={100}
          unit="%"
          send={(value) => run("set_cover_position", { position: value })}
        />
      )}
    </>
  );
}
