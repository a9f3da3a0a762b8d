// What the household does again and again, offered as routines, each with its evidence.

import type { Suggestion } from "../../api/types";
import { SuggestionButtons } from "../../controls/suggestion_buttons";
import { t } from "../../i18n/text";
import { learning } from "../../state/learning";
import { isResident } from "../../state/login";
import { DayStrip } from "./day_strip";

export function Suggestions() {
  const open = learning.value?.suggestions.filter((one) => one.answer === "open") ?? [];
  if (open.length === 0) return null;
  return (
    <section class="card suggestions">
      <h2>{t("suggestions")}</h2>
      <ul class="plans">
        {open.map((one) => (
          <Offered key={one.id} suggestion={one} />
        ))}
      </ul>
    </section>
  );
}

function Offered({ suggestion }: { suggestion: Suggestion }) {
  const { habit, title, would, wrong } = suggestion;
  return (
    <li class="plan suggestion">
      <p>{habit.said}</p>
      <p class="strong">{t("iWould", { title })}</p>
      <DayStrip suggestion={suggestion} />
      <p class="muted">{t("wouldHave", { would, wrong })}</p>
      {isResident() && <SuggestionButtons id={suggestion.id} words={WORDS} />}
    </li>
  );
}

const WORDS = [
  ["accept", "doThat"],
  ["later", "later"],
  ["never", "never"],
] as const;
