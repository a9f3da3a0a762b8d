// What controls ask for, and the questions that come back to them.

import { signal } from "@preact/signals";
import { post, spoken } from "../api/client";
import type { Question, Turn } from "../api/types";
import { lang, t } from "../i18n/text";
import { markUndone } from "./conversation";
import { NO, QUESTION_MS } from "./questions";
import { toast } from "./toasts";

/** A question that a control raised; it is asked in a dialog. */
export interface Asked {
  conversation: string;
  reply: string;
  question: Question;
  /** What is done once the answer has gone well. */
  done?: () => void;
}

export const asked = signal<Asked | null>(null);

let lapse: ReturnType<typeof setTimeout> | undefined;
let count = 0;
const page = Math.random().toString(36).slice(2, 10);

/** The conversation of one control. */
export function newConversation(): string {
  return `control-${page}-${++count}`;
}

/** Calls a service on an entity; what did not go well is told. Returns whether it went well. */
export async function act(
  entity: string,
  service: string,
  data: Record<string, unknown> = {},
): Promise<boolean> {
  const conversation = newConversation();
  try {
    const body = { service, data, conversation, lang: lang.value };
    return tell(await post<Turn>(`entities/${encodeURIComponent(entity)}/actions`, body), conversation);
  } catch (error) {
    toast(spoken(error), "bad");
    return false;
  }
}

/** Takes a turn back. */
export async function undo(turn: string): Promise<void> {
  const conversation = newConversation();
  try {
    const back = await post<Turn>(`turns/${turn}/undo?conversation=${conversation}&lang=${lang.value}`, {});
    const done = () => {
      markUndone(turn);
      toast(back.reply);
    };
    if (tell(back, conversation, { done })) done();
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

/** Answers the question that a control raised. */
export async function answer(text: string): Promise<void> {
  const question = asked.value;
  if (!question) return;
  asked.value = null;
  const conversation = question.conversation;
  try {
    const turn = await post<Turn>("requests", { text, conversation, lang: lang.value });
    if (tell(turn, conversation, { isQuiet: text === NO, done: question.done })) question.done?.();
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

/** How a control's turn ended: a question is asked, what went wrong is told. Returns whether it went well. */
export function tell(
  turn: Turn,
  conversation: string,
  { isQuiet = false, done }: { isQuiet?: boolean; done?: (() => void) | undefined } = {},
): boolean {
  const missed = turn.outcomes.some((one) => !["confirmed", "already", "sent"].includes(one.outcome));
  if (turn.question) {
    ask({ conversation, reply: turn.reply, question: turn.question, ...(done ? { done } : {}) });
    return false;
  }
  if (!isQuiet && (turn.outcome !== "act" || missed)) toast(turn.reply, "bad");
  return turn.outcome === "act" && !missed;
}

function ask(question: Asked): void {
  asked.value = question;
  clearTimeout(lapse);
  lapse = setTimeout(() => {
    if (asked.value?.conversation !== question.conversation) return;
    asked.value = null;
    toast(t("lapsed"));
  }, QUESTION_MS);
}
