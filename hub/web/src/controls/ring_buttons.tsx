// Snooze and stop.

import { post, spoken } from "../api/client";
import { t } from "../i18n/text";
import { loadSchedules } from "../state/schedules";
import { toast } from "../state/toasts";

/** Snooze and stop, for what rings. */
export function RingButtons({ id }: { id: string }) {
  const send = (path: string, body: unknown) =>
    post(`schedules/${id}/${path}`, body).then(
      () => loadSchedules(),
      (error: unknown) => toast(spoken(error), "bad"),
    );
  return (
    <>
      <button type="button" class="button primary" onClick={() => void send("stop", {})}>
        {t("stop")}
      </button>
      <button type="button" class="button" onClick={() => void send("snooze", { minutes: SNOOZE_MIN })}>
        {t("snooze", { n: SNOOZE_MIN })}
      </button>
    </>
  );
}

const SNOOZE_MIN = 10;
