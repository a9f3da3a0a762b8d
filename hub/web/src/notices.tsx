// What was told to everyone and waits until someone dismisses it: alarms, reminders, what did not happen.

import { remove, spoken } from "./api";
import { Icon } from "./icons";
import { Quiet } from "./planned";
import { moment, notices, schedules, toast } from "./state";
import { ago, t } from "./text";
import type { Notice } from "./types";

export function Notices() {
  return (
    <div class="banners" aria-live="assertive">
      {notices.value.map((one) => (
        <Told key={one.id} notice={one} />
      ))}
    </div>
  );
}

function Told({ notice }: { notice: Notice }) {
  const rings = schedules.value.some((one) => one.id === notice.schedule && one.rings);
  const dismiss = () => remove(`notices/${notice.id}`).catch((error: unknown) => toast(spoken(error), "bad"));
  return (
    <div class={`banner told ${notice.kind === "not_done" ? "warn" : "plain"} ${rings ? "rings" : ""}`}>
      <Icon name={notice.kind === "not_done" ? "warning" : "bell"} />
      <p lang={notice.lang === "zh" ? "zh-Hans" : "en"}>
        <span>{notice.said}</span>
        <small>{ago(Math.min(notice.at_ms, moment.value), moment.value)}</small>
      </p>
      <div class="row">
        {rings && notice.schedule ? (
          <Quiet id={notice.schedule} />
        ) : (
          <button type="button" class="button quiet" onClick={() => void dismiss()}>
            {t("dismiss")}
          </button>
        )}
      </div>
    </div>
  );
}
