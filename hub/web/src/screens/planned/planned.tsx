// What is planned: timers, alarms, reminders, schedules and routines, each with its next time.

import { useSignalEffect } from "@preact/signals";
import { t } from "../../i18n/text";
import { timers } from "../../state/house";
import { loadLearning } from "../../state/learning";
import { inOrder, loadSchedules, schedules } from "../../state/schedules";
import { PlanRow } from "./plan_row";
import { Suggestions } from "./suggestions";
import { TimerRow } from "./timer_row";

export function Planned() {
  // Read again in another language.
  useSignalEffect(() => void loadSchedules());
  useSignalEffect(() => void loadLearning());
  const all = schedules.value;
  const running = timers.value.list;
  return (
    <>
      <h1>{t("planned")}</h1>
      <Suggestions />
      {all.length + running.length === 0 && <p class="empty card">{t("nothingPlanned")}</p>}
      {0 < running.length && (
        <section class="card">
          <h2>{t("timers")}</h2>
          <ul class="plans">
            {running.map((timer) => (
              <TimerRow key={timer.id} timer={timer} />
            ))}
          </ul>
        </section>
      )}
      {KINDS.map((kind) => {
        const own = inOrder(all.filter((one) => one.kind === kind));
        if (own.length === 0) return null;
        return (
          <section key={kind} class="card">
            <h2>{t(`kind_${kind}`)}</h2>
            <ul class="plans">
              {own.map((one) => (
                <PlanRow key={one.id} plan={one} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

/** The kinds in the order in which they are shown. */
const KINDS = ["alarm", "reminder", "action", "routine"] as const;
