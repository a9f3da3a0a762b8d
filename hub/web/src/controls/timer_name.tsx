// Which timer it is: its name, its room, and whether it waits.

import type { Timer } from "../api/types";
import { t } from "../i18n/text";
import { areaNames } from "../state/house";

export function TimerName({ timer }: { timer: Timer }) {
  const about = [areaNames.value.get(timer.area ?? ""), timer.active ? "" : t("timerPaused")];
  return (
    <>
      {timer.name ?? t("timer")}
      <small>{about.filter(Boolean).join(" · ")}</small>
    </>
  );
}
