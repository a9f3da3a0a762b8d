// Requests in words and by controls, and the questions that come back.

import { signal } from "@preact/signals";
import { get, post, spoken } from "./api";
import { toast } from "./state";
import { lang, t } from "./text";
import type { Done, PastTurn, Question, Turn } from "./types";

/** One exchange of the conversation. */
export interface Exchange {
  id: string;
  text: string;
  turn: Turn | null;
  failed: string | null;
  at: number;
  /** Who said it, by name; none: this page, just now. */
  person: string | null;
  /** How it came in. */
  cause: string;
}

/** A question that a control raised; it is asked in a dialog. */
export interface Asked {
  conversation: string;
  reply: string;
  question: Question;
}

// Before its first use: a constant is not there while the module is still read above it.
const KEPT_AREA = "hearth-area";

export const exchanges = signal<Exchange[]>([]);
export const area = signal<string>(keptArea());
/** The question of the typed conversation that is still open. */
export const open = signal<Question | null>(null);
export const asked = signal<Asked | null>(null);

let lapse: ReturnType<typeof setTimeout> | undefined;
let count = 0;
const tab = Math.random().toString(36).slice(2, 10);

export function chooseArea(id: string): void {
  area.value = id;
  try {
    localStorage.setItem(KEPT_AREA, id);
  } catch {
    // Chosen again next time.
  }
}

/** Says something; `shown` stands in for words that must not be shown. An answer keeps the language of its question. */
export async function say(text: string, shown = text, answerLang?: string): Promise<void> {
  const id = `new-${++count}`;
  exchanges.value = [
    { id, text: shown, turn: null, failed: null, at: Date.now(), person: null, cause: "page" },
    ...exchanges.value,
  ];
  openUntil(null);
  const change = (part: Partial<Exchange>) =>
    (exchanges.value = exchanges.value.map((one) => (one.id === id ? { ...one, ...part } : one)));
  try {
    const turn = await post<Turn>("requests", {
      text,
      conversation: tab,
      ...(area.value ? { area: area.value } : {}),
      ...(answerLang ? { lang: answerLang } : {}),
    });
    change({ turn });
    openUntil(turn.question ?? null);
  } catch (error) {
    change({ failed: spoken(error) });
  }
}

/** The conversation of one control. */
export function control(): string {
  return `control-${tab}-${++count}`;
}

/** Takes a turn of a control as it ended: a question is asked, and what went wrong is told. */
export function ask(turn: Turn, conversation: string): void {
  heard(turn, conversation);
}

/** A device did what a turn told it, when the turn had ended. */
export function late(
  known: Exchange[],
  told: { turn: string; entity_id: string; late_ms: number },
): Exchange[] {
  const one = (done: Done): Done =>
    done.entity_id === told.entity_id && done.outcome === "timed_out"
      ? { ...done, outcome: "late", late_ms: told.late_ms }
      : done;
  return known.map((exchange) =>
    exchange.turn?.turn === told.turn
      ? { ...exchange, turn: { ...exchange.turn, outcomes: exchange.turn.outcomes.map(one) } }
      : exchange,
  );
}

/** Takes a turn back. */
export async function undo(turn: string): Promise<void> {
  const conversation = control();
  try {
    const back = await post<Turn>(`turns/${turn}/undo?conversation=${conversation}&lang=${lang.value}`, {});
    if (heard(back, conversation)) toast(back.reply);
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

/** Calls a service on an entity; what did not go well is told. Returns whether it went well. */
export async function act(
  entity: string,
  service: string,
  data: Record<string, unknown> = {},
): Promise<boolean> {
  const conversation = control();
  try {
    return heard(
      await post<Turn>(`entities/${encodeURIComponent(entity)}/actions`, {
        service,
        data,
        conversation,
        lang: lang.value,
      }),
      conversation,
    );
  } catch (error) {
    toast(spoken(error), "bad");
    return false;
  }
}

/** Answers the question that a control raised. */
export async function answer(text: string): Promise<void> {
  const question = asked.value;
  if (!question) return;
  asked.value = null;
  try {
    heard(
      await post<Turn>("requests", { text, conversation: question.conversation, lang: lang.value }),
      question.conversation,
      text === NO,
    );
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

/** What the hub still knows of earlier exchanges. */
export async function recall(limit: number): Promise<void> {
  const turns = await get<PastTurn[]>(`turns?limit=${limit}`);
  const fresh = exchanges.value.filter((one) => one.id.startsWith("new-"));
  const told = new Set(fresh.map((one) => one.turn?.turn));
  const past = turns
    .filter((turn) => !told.has(turn.turn) && !CONTROL.test(turn.text))
    .map((turn) => ({
      id: turn.turn,
      text: turn.text,
      turn,
      failed: null,
      at: turn.at_ms,
      person: turn.person,
      cause: turn.cause,
    }));
  exchanges.value = [...fresh, ...past].sort((one, other) => other.at - one.at);
}

/** How a choice is said, so that it is understood for sure. */
export function choiceWords(question: Question, index: number): string {
  const choice = question.choices[index];
  if (index < ORDINALS || !choice) return String(index + 1);
  return [choice.area, choice.name].filter(Boolean).join(" ");
}

function heard(turn: Turn, conversation: string, isQuiet = false): boolean {
  const missed = turn.outcomes.some((one) => !["confirmed", "already", "sent"].includes(one.outcome));
  if (turn.question) {
    asked.value = { conversation, reply: turn.reply, question: turn.question };
    clearTimeout(lapse);
    lapse = setTimeout(() => {
      if (asked.value?.conversation === conversation) {
        asked.value = null;
        toast(t("lapsed"));
      }
    }, QUESTION_MS);
    return false;
  }
  if (!isQuiet && (turn.outcome !== "act" || missed)) toast(turn.reply, "bad");
  return turn.outcome === "act" && !missed;
}

function openUntil(question: Question | null): void {
  clearTimeout(lapse);
  open.value = question;
  if (question) lapse = setTimeout(() => (open.value = null), QUESTION_MS);
}

function keptArea(): string {
  try {
    return localStorage.getItem(KEPT_AREA) ?? "";
  } catch {
    return "";
  }
}

export const NO = "no";
export const YES = "yes";
/** What the journal keeps of a control: a service and a name. */
const CONTROL = /^[a-z_]+\.[a-z_]+ /;
/** As long as the hub waits. */
const QUESTION_MS = 30_000;
/** The hub knows this many by number. */
const ORDINALS = 6;
