// What was learned of the household, in the language of the page.

import { signal } from "@preact/signals";
import { Failure, get, post, spoken } from "../api/client";
import type { Learning, SuggestionAnswered } from "../api/types";
import { lang } from "../i18n/text";
import { newConversation, tell } from "./actions";
import { loadSchedules } from "./schedules";
import { toast } from "./toasts";

let again: ReturnType<typeof setTimeout> | undefined;

export const learning = signal<Learning | null>(null);

export async function loadLearning(): Promise<void> {
  await get<Learning>(`learning?lang=${lang.value}`).then(
    (now) => (learning.value = now),
    (error: unknown) => {
      // Whoever asks too much at once is asked to wait, and a hub that is busy may be late; nothing else asks again.
      const isRefused = error instanceof Failure && 400 <= error.status && error.status < 500;
      if (isRefused && error.status !== TOO_OFTEN) return;
      clearTimeout(again);
      again = setTimeout(loadLearning, RETRY_MS);
    },
  );
}

/** Has the hub look at what it remembers now, not only at night. */
export async function lookAgain(): Promise<void> {
  await post<Learning>(`learning/look?lang=${lang.value}`, {}).then(
    (now) => (learning.value = now),
    (error: unknown) => toast(spoken(error), "bad"),
  );
}

/** Answers a suggestion; an accepted one is planned from now on. */
export async function answerSuggestion(id: string, answer: SuggestionWord): Promise<void> {
  const conversation = newConversation();
  const path = `learning/suggestions/${id}?conversation=${conversation}&lang=${lang.value}`;
  try {
    const answered = await post<SuggestionAnswered>(path, { answer });
    if (answered.turn && tell(answered.turn, conversation)) toast(answered.turn.reply);
  } catch (error) {
    toast(spoken(error), "bad");
  }
  await Promise.all([loadLearning(), loadSchedules()]);
}

/** What may be answered to a suggestion: from now on, once, in two weeks, not at all. */
export type SuggestionWord = "accept" | "now" | "later" | "never";

const TOO_OFTEN = 429;
const RETRY_MS = 3_000;
