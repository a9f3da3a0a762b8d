// Something planned: what and when, and how it is changed.

import { useState } from "preact/hooks";
import { address, post, spoken } from "../../api/client";
import type { Schedule } from "../../api/types";
import { Icon } from "../../controls/icons";
import { language, t } from "../../i18n/text";
import { until } from "../../i18n/time";
import { areaNames } from "../../state/house";
import { learning } from "../../state/learning";
import { moment } from "../../state/moment";
import { loadSchedules } from "../../state/schedules";
import { toast } from "../../state/toasts";
import { NewTime } from "./new_time";
import { takeAway } from "./take_away";

export function PlanRow({ plan }: { plan: Schedule }) {
  const [isEdited, setEdited] = useState(false);
  const turn = () =>
    post(`schedules/${plan.id}/${plan.paused ? "resume" : "pause"}`, {}).then(
      () => loadSchedules(),
      (error: unknown) => toast(spoken(error), "bad"),
    );
  const learned = learning.value?.suggestions.find((one) => one.schedule === plan.id);
  const notes = [
    learned
      ? t("learnedNote", {
          sure: Math.round(100 * learned.confidence),
          fired: learned.fired,
          undone: learned.undone,
        })
      : "",
    plan.paused ? t("timerPaused") : "",
    plan.name && plan.kind === "alarm" ? plan.name : "",
    areaNames.value.get(plan.area ?? "") ?? "",
    plan.repeated && !plan.paused && plan.due_ms !== null
      ? t("nextTime", { when: until(plan.due_ms, moment.value) })
      : "",
  ];
  const title = language().hasCapitals
    ? plan.title.charAt(0).toUpperCase() + plan.title.slice(1)
    : plan.title;
  return (
    <li class={plan.rings ? "plan rings" : "plan"}>
      <div class="plan-head">
        <Icon name={plan.kind === "routine" ? "scene" : plan.kind === "action" ? "timer" : "bell"} />
        <span class="plan-text">
          {title}
          <small>{notes.filter(Boolean).join(" · ")}</small>
        </span>
      </div>
      <div class="row">
        <button
          type="button"
          class="button quiet"
          aria-expanded={isEdited}
          onClick={() => setEdited(!isEdited)}
        >
          {t(plan.kind === "routine" ? "changeCondition" : "changeTime")}
        </button>
        <button type="button" class="button quiet" onClick={() => void turn()}>
          {t(plan.paused ? "resume" : "pause")}
        </button>
        <button type="button" class="button quiet" onClick={() => void takeAway(`schedules/${plan.id}`)}>
          {t("delete")}
        </button>
        {plan.repeated && (plan.kind === "action" || plan.kind === "routine") && (
          <a
            class="button quiet"
            href={address(`schedules/${plan.id}/automation`)}
            download={`hearth-${plan.id}.yaml`}
          >
            {t("asAutomation")}
          </a>
        )}
      </div>
      {isEdited && <NewTime plan={plan} done={() => setEdited(false)} />}
    </li>
  );
}
