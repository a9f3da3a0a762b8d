// What answers to the hub's questions are called, so that they are understood for sure.

import type { Question } from "../api/types";

export const NO = "no";
export const YES = "yes";
/** What answers a suggestion besides. */
export const LATER = "maybe later";
export const NEVER = "don't suggest that again";

/** How a choice is said. */
export function choiceWords(question: Question, index: number): string {
  const choice = question.choices[index];
  if (index < ORDINALS || !choice) return String(index + 1);
  return [choice.area, choice.name].filter(Boolean).join(" ");
}

/** As long as the hub waits for an answer. */
export const QUESTION_MS = 30_000;
/** The hub knows this many by number. */
const ORDINALS = 6;
