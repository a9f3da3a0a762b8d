// What was told to everyone and waits until someone dismisses it: alarms, reminders, what did not happen.

import { remove, spoken } from "../api/client";
import type { Notice } from "../api/types";
import { Icon } from "../controls/icons";
import { t, tagOf } from "../i18n/text";
import { ago } from "../i18n/time";
import { RingButtons } from "../controls/ring_buttons";
import { notices } from "../state/house";
import { moment } from "../state/moment";
import { schedules } from "../state/schedules";
import { toast } from "../state/toasts";

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
      <p lang={tagOf(notice.lang)}>
        <span>{notice.said}</span>
        <small>{ago(Math.min(notice.at_ms, moment.value), moment.value)}</small>
      </p>
      <div class="row">
        {rings && notice.schedule ? (
          <RingButtons id={notice.schedule} />
        ) : (
          <button type="button" class="button quiet" onClick={() => void dismiss()}>
            {t("dismiss")}
          </button>
        )}
      </div>
    </div>
  );
}
