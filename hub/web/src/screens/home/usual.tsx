// What is usually done about now and is not done yet, with the question whether it shall be.

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
  if (!now || !isResident()) return null;
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
const AGAIN_MS = 300_000;
