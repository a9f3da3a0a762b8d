// The typed conversation: what was said, what came of it, and the question that is open.

import { signal } from "@preact/signals";
import { get, post, spoken } from "../api/client";
import type { Outcome, PastTurn, Question, Turn } from "../api/types";
import { keep, kept } from "../browser/storage";
import { QUESTION_MS } from "./questions";

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
  /** Whether it was taken back since. */
  isUndone: boolean;
}

// Before its first use: a constant is not there while the module is still read above it.
const KEPT_AREA = "hearth-area";

export const exchanges = signal<Exchange[]>([]);
export const area = signal<string>(kept(KEPT_AREA) ?? "");
/** The question of the typed conversation that is still open. */
export const open = signal<Question | null>(null);

const undone = new Set<string>();
let lapse: ReturnType<typeof setTimeout> | undefined;
let count = 0;
/** This page's conversation, typed or spoken. */
export const conversationName = Math.random().toString(36).slice(2, 10);

export function chooseArea(id: string): void {
  area.value = id;
  keep(KEPT_AREA, id);
}

/** Says something; `shown` stands in for words that must not be shown. An answer keeps the language of its question. */
export async function say(text: string, shown = text, answerLang?: string): Promise<void> {
  const id = `new-${++count}`;
  exchanges.value = [
    {
      id,
      text: shown,
      turn: null,
      failed: null,
      at: Date.now(),
      person: null,
      cause: "page",
      isUndone: false,
    },
    ...exchanges.value,
  ];
  openUntil(null);
  const change = (part: Partial<Exchange>) =>
    (exchanges.value = exchanges.value.map((one) => (one.id === id ? { ...one, ...part } : one)));
  try {
    const turn = await post<Turn>("requests", {
      text,
      conversation: conversationName,
      ...(area.value ? { area: area.value } : {}),
      ...(answerLang ? { lang: answerLang } : {}),
    });
    change({ turn });
    openUntil(turn.question ?? null);
  } catch (error) {
    change({ failed: spoken(error) });
  }
}

/** Shows what was spoken to the hub on this page, and what came of it. */
export function heardTurn(turn: Turn): void {
  const id = `new-${++count}`;
  const shown = { id, text: turn.text, turn, failed: null, at: Date.now(), person: null };
  exchanges.value = [{ ...shown, cause: "voice", isUndone: false }, ...exchanges.value];
  openUntil(turn.question ?? null);
}

/** A device did what a turn told it, when the turn had ended. */
export function late(
  known: Exchange[],
  told: { turn: string; entity_id: string; late_ms: number },
): Exchange[] {
  const one = (done: Outcome): Outcome =>
    done.entity_id === told.entity_id && done.outcome === "timed_out"
      ? { ...done, outcome: "late", late_ms: told.late_ms }
      : done;
  return known.map((exchange) =>
    exchange.turn?.turn === told.turn
      ? { ...exchange, turn: { ...exchange.turn, outcomes: exchange.turn.outcomes.map(one) } }
      : exchange,
  );
}

/** What the hub still knows of earlier exchanges. */
export async function recall(limit: number): Promise<void> {
  const turns = await get<PastTurn[]>(`turns?limit=${limit}`);
  const fresh = exchanges.value.filter(isFresh);
  const told = new Set(fresh.map((one) => one.turn?.turn));
  const past = turns.filter((turn) => !told.has(turn.turn) && !CONTROL.test(turn.text)).map(recalled);
  exchanges.value = [...fresh, ...past].sort((one, other) => other.at - one.at);
}

/** Whether it was said on this page, since it was opened. */
export function isFresh(exchange: Exchange): boolean {
  return exchange.id.startsWith("new-");
}

/** Shows a turn as taken back. The hub does not say which were, so it is known for as long as the page is open. */
export function markUndone(turn: string): void {
  undone.add(turn);
  exchanges.value = exchanges.value.map((one) =>
    one.turn?.turn === turn ? { ...one, isUndone: true } : one,
  );
}

export function forgetExchanges(is: (exchange: Exchange) => boolean): void {
  exchanges.value = exchanges.value.filter((one) => !is(one));
}

function recalled(turn: PastTurn): Exchange {
  return {
    id: turn.turn,
    text: turn.text,
    turn,
    failed: null,
    at: turn.at_ms,
    person: turn.person ?? null,
    cause: turn.cause,
    isUndone: undone.has(turn.turn),
  };
}

function openUntil(question: Question | null): void {
  clearTimeout(lapse);
  open.value = question;
  if (question) lapse = setTimeout(() => (open.value = null), QUESTION_MS);
}

/** What the journal keeps of a control: a service and a name. */
const CONTROL = /^[a-z_]+\.[a-z_]+ /;
