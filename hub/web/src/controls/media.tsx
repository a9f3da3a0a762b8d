// A media player: what plays next, and how loud.

import { t } from "../i18n/text";
import { number } from "./attributes";
import { Round, Slider } from "./parts";
import type { FoldedControlProps } from "./run";

export function Media({ entity, run, isOpen }: FoldedControlProps) {
  const volume = number(entity, "volume_level");
  const isMuted = entity.attributes.is_volume_muted === true;
  if (!isOpen && entity.state !== "playing" && entity.state !== "paused") return null;
  return (
    <>
      <div class="row media">
        <Round icon="previous" label={t("previous")} press={() => run("media_previous_track")} />
        <Round icon="next" label={t("next")} press={() => run("media_next_track")} />
        <Round
          icon={isMuted ? "muted" : "volume"}
          label={t(isMuted ? "unmute" : "mute")}
          press={() => run("volume_mute", { is_volume_muted: !isMuted })}
        />
        {entity.state !== "off" && <Round icon="power" label={t("off")} press={() => run("turn_off")} />}
      </div>
      {volume !== null && (
        <Slider
          label={t("volume")}
          value={Math.round(volume * 100)}
          min={0}
          max={100}
          unit="%"
          send={(value) => run("volume_set", { volume_level: value / 100 })}
        />
      )}
    </>
  );
}
