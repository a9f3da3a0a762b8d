// An alarm: armed in three ways, and disarmed.

import { t } from "../i18n/text";
import type { ControlProps } from "./run";

export function Alarm({ entity, run }: ControlProps) {
  if (entity.state !== "disarmed" && entity.state !== null) {
    return (
      <div class="row">
        <button type="button" class="button primary" onClick={() => void run("alarm_disarm")}>
          {t("disarm")}
        </button>
      </div>
    );
  }
  return (
    <div class="row">
      {(["home", "away", "night"] as const).map((mode) => (
        <button key={mode} type="button" class="button" onClick={() => void run(`alarm_arm_${mode}`)}>
          {t(`arm_${mode}`)}
        </button>
      ))}
    </div>
  );
}
