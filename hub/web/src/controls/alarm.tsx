// An alarm: armed in three ways, and disarmed.

import { t } from "../i18n/text";
import { Act } from "./parts";
import type { ControlProps } from "./run";

export function Alarm({ entity, run }: ControlProps) {
  if (entity.state !== "disarmed" && entity.state !== null) {
    return (
      <div class="row">
        <Act kind="primary" send={() => run("alarm_disarm")}>
          {t("disarm")}
        </Act>
      </div>
    );
  }
  return (
    <div class="row">
      {(["home", "away", "night"] as const).map((mode) => (
        <Act key={mode} send={() => run(`alarm_arm_${mode}`)}>
          {t(`arm_${mode}`)}
        </Act>
      ))}
    </div>
  );
}
