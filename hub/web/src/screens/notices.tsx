// What was told to everyone and waits until someone dismisses it: alarms, reminders, what did not happen.

import { remove, spoken } from "../api/client";
import type { Notice } from "../api/types";
import { isMuted } from "../browser/sound";
import { Icon } from "../controls/icons";
import { RingButtons } from "../controls/ring_buttons";
import { t, tagOf } from "../i18n/text";
import { ago } from "../i18n/time";
import { notices } from "../state/house";
import { moment } from "../state/moment";
import { rings } from "../state/ringing";
import { toast } from "../state/toasts";

export function Notices() {
  return (
    <div class="banners" aria-live="assertive">
      {isMuted.value && (
        <p class="banner warn">
          <Icon name="muted" />
          <span>{t("isMuted")}</span>
        </p>
      )}
      {notices.value.map((one) => (
        <Told key={one.id} notice={one} />
      ))}
    </div>
  );
}

function Told({ notice }: { notice: Notice }) {
  const doesRing = rings(notice);
  const isBad = notice.kind === "not_done" || notice.kind === "danger";
  return (
    <div class={`banner told ${isBad ? "warn" : "plain"} ${doesRing ? "rings" : ""}`}>
      <Icon name={isBad ? "warning" : "bell"} />
      <p lang={tagOf(notice.lang)}>
        <span>{notice.said}</span>
        <small>{ago(Math.min(notice.at_ms, moment.value), moment.value)}</small>
      </p>
      <div class="row">
        {notice.kind === "suggestion" && (
          <a class="button primary" href="#planned">
            {t("lookAtIt")}
          </a>
        )}
        {doesRing && notice.schedule ? (
          <RingButtons id={notice.schedule} />
        ) : (
          <button
            type="button"
            class={doesRing ? "button primary" : "button quiet"}
            onClick={() => void dismiss(notice)}
          >
            {t(doesRing ? "stop" : "dismiss")}
          </button>
        )}
      </div>
    </div>
  );
}

function dismiss(notice: Notice): Promise<void> {
  return remove(`notices/${notice.id}`).then(
    () => undefined,
    (error: unknown) => toast(spoken(error), "bad"),
  );
}
