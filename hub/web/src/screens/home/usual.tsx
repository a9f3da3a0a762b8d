// What is usually done about now and is not done yet, with the question whether it shall be.

import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n/text";
import { type SuggestionWord, answerSuggestion, learning, loadLearning } from "../../state/learning";
import { isResident } from "../../state/login";

export function Usual() {
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    void loadLearning();
    const again = setInterval(() => document.hidden || void loadLearning(), AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  const now = learning.value?.suggestions.find((one) => one.is_now);
  if (!now || !isResident()) return null;
  const answer = async (word: SuggestionWord) => {
    setBusy(true);
    await answerSuggestion(now.id, word);
    setBusy(false);
  };
  return (
    <section class="card usual" aria-labelledby="usual">
      <h2 id="usual">{t("usualNow")}</h2>
      <p>{now.habit.said}</p>
      <div class="row">
        <button type="button" class="button primary" disabled={isBusy} onClick={() => void answer("now")}>
          {t("doNow")}
        </button>
        <button type="button" class="button" disabled={isBusy} onClick={() => void answer("accept")}>
          {t("alwaysDo")}
        </button>
        <button type="button" class="button quiet" disabled={isBusy} onClick={() => void answer("never")}>
          {t("never")}
        </button>
      </div>
    </section>
  );
}

const AGAIN_MS = 300_000;
