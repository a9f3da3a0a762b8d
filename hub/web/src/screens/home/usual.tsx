// What is usually done about now and is not done yet, and what is otherwise than usual, each with its question.

import { useEffect } from "preact/hooks";
import { SuggestionButtons } from "../../controls/suggestion_buttons";
import { t } from "../../i18n/text";
import { learning, loadLearning } from "../../state/learning";
import { isResident } from "../../state/login";

export function Usual() {
  useEffect(() => {
    void loadLearning();
    const again = setInterval(() => document.hidden || void loadLearning(), AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  const now = learning.value?.suggestions.find((one) => one.is_now);
  const hint = learning.value?.hints[0];
  if (!isResident()) return null;
  // One at a time: whoever is asked much at once answers nothing, and the devices stand below.
  if (hint) {
    return (
      <section class="card usual" aria-labelledby="unusual">
        <h2 id="unusual">{t("unusualNow")}</h2>
        <p>{hint.said}</p>
        <SuggestionButtons id={hint.id} words={hint.can_end ? [END, ...HINT_WORDS] : HINT_WORDS} />
      </section>
    );
  }
  if (!now) return null;
  return (
    <section class="card usual" aria-labelledby="usual">
      <h2 id="usual">{t("usualNow")}</h2>
      <p>{now.habit.said}</p>
      <SuggestionButtons id={now.id} words={WORDS} />
    </section>
  );
}

const WORDS = [
  ["now", "doNow"],
  ["accept", "alwaysDo"],
  ["never", "never"],
] as const;
const END = ["now", "doNow"] as const;
const HINT_WORDS = [
  ["later", "notToday"],
  ["never", "neverTell"],
] as const;
const AGAIN_MS = 60_000;
