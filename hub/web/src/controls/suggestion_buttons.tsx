// The buttons that answer a suggestion.

import { useState } from "preact/hooks";
import { type Key, t } from "../i18n/text";
import { type SuggestionWord, answerSuggestion } from "../state/learning";

interface Props {
  id: string;
  /** What may be answered, and its label; the first is primary where it does something. */
  words: readonly (readonly [SuggestionWord, Key])[];
}

export function SuggestionButtons({ id, words }: Props) {
  const [isBusy, setBusy] = useState(false);
  const answer = async (word: SuggestionWord) => {
    setBusy(true);
    await answerSuggestion(id, word);
    setBusy(false);
  };
  return (
    <div class="row">
      {words.map(([word, label], index) => (
        <button
          key={word}
          type="button"
          class={index === 0 && (word === "now" || word === "accept") ? "button primary" : "button"}
          disabled={isBusy}
          onClick={() => void answer(word)}
        >
          {t(label)}
        </button>
      ))}
    </div>
  );
}
