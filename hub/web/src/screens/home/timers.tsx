// Timers that run, counting down.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../controls/icons";
import { TimerName } from "../../controls/timer_name";
import { t } from "../../i18n/text";
import { clock } from "../../i18n/time";
import { timers } from "../../state/house";

export function Timers() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(tick);
  }, []);
  const passed = Math.max(0, Math.floor((now - timers.value.at) / 1000));
  return (
    <ul class="timers" aria-label={t("timers")}>
      {timers.value.list.map((timer) => {
        const left = Math.max(0, timer.left_s - (timer.active ? passed : 0));
        return (
          <li key={timer.id} class="card timer">
            <Icon name="timer" />
            <span>
              <TimerName timer={timer} />
            </span>
            <strong role="timer">{clock(left)}</strong>
          </li>
        );
      })}
    </ul>
  );
}
