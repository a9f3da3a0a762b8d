// A cover: up, stop, down, and where it stands.

import { t } from "../i18n/text";
import { number } from "./attributes";
import { Icon } from "./icons";
import { Act, Slider } from "./parts";
import type { FoldedControlProps } from "./run";

export function Cover({ entity, run, isOpen }: FoldedControlProps) {
  const position = number(entity, "current_position");
  return (
    <>
      <div class="row thirds">
        <Act
          label={t("open")}
          isOff={entity.state === "open" && (position ?? 100) >= 100}
          send={() => run("open_cover")}
        >
          <Icon name="up" />
        </Act>
        <Act
          label={t("stop")}
          isOff={entity.state !== "opening" && entity.state !== "closing"}
          send={() => run("stop_cover")}
        >
          <Icon name="stop" size={18} />
        </Act>
        <Act label={t("close")} isOff={entity.state === "closed"} send={() => run("close_cover")}>
          <Icon name="down" />
        </Act>
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
