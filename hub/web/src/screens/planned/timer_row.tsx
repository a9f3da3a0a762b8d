// A timer that runs: what is left, and how it is changed.

import { post, spoken } from "../../api/client";
import type { Timer } from "../../api/types";
import { Icon } from "../../controls/icons";
import { TimerName } from "../../controls/timer_name";
import { lang, t } from "../../i18n/text";
import { clock } from "../../i18n/time";
import { timers } from "../../state/house";
import { moment } from "../../state/moment";
import { toast } from "../../state/toasts";
import { takeAway } from "./take_away";

export function TimerRow({ timer }: { timer: Timer }) {
  const passed = timer.active ? Math.max(0, Math.floor((moment.value - timers.value.at) / 1000)) : 0;
  const change = (body: unknown) =>
    post(`timers/${timer.id}?lang=${lang.value}`, body).catch((error: unknown) =>
      toast(spoken(error), "bad"),
    );
  return (
    <li class="plan">
      <div class="plan-head">
        <Icon name="timer" />
        <span class="plan-text">
          <TimerName timer={timer} />
        </span>
        <strong role="timer">{clock(Math.max(0, timer.left_s - passed))}</strong>
      </div>
      <div class="row">
        <button
          type="button"
          class="button quiet"
          onClick={() => void change(timer.active ? "pause" : "resume")}
        >
          {t(timer.active ? "pause" : "resume")}
        </button>
        <button type="button" class="button quiet" onClick={() => void change({ add_s: 60 })}>
          {t("oneMinute")}
        </button>
        <button type="button" class="button quiet" onClick={() => void takeAway(`timers/${timer.id}`)}>
          {t("delete")}
        </button>
      </div>
    </li>
  );
}
