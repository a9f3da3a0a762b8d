// What the household does again and again, offered as routines, each with its evidence.

import { useState } from "preact/hooks";
import type { Suggestion } from "../../api/types";
import { t } from "../../i18n/text";
import { type SuggestionWord, answerSuggestion, learning } from "../../state/learning";
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
  const [isBusy, setBusy] = useState(false);
  const answer = async (word: SuggestionWord) => {
    setBusy(true);
    await answerSuggestion(suggestion.id, word);
    setBusy(false);
  };
  const { habit, title, would, wrong } = suggestion;
  return (
    <li class="plan suggestion">
      <p>{habit.said}</p>
      <p class="strong">{t("iWould", { title })}</p>
      <DayStrip suggestion={suggestion} />
      <p class="muted">{t("wouldHave", { would, wrong })}</p>
      {isResident() && (
        <div class="row">
          <button
            type="button"
            class="button primary"
            disabled={isBusy}
            onClick={() => void answer("accept")}
          >
            {t("doThat")}
          </button>
          <button type="button" class="button" disabled={isBusy} onClick={() => void answer("later")}>
            {t("later")}
          </button>
          <button type="button" class="button" disabled={isBusy} onClick={() => void answer("never")}>
            {t("never")}
          </button>
        </div>
      )}
    </li>
  );
}
