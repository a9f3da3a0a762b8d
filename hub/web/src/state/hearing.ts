// Speaking to the hub: the microphone's sound goes to it, and its words and what came of them come back.

import { signal } from "@preact/signals";
import { address, put, spoken } from "../api/client";
import type { Hearing, Turn } from "../api/types";
import { type Microphone, type NoMicrophone, openMicrophone } from "../browser/microphone";
import { hush, speak } from "../browser/speech";
import { type Key, lang, t, tagOf } from "../i18n/text";
import { area, conversationName, heardTurn } from "./conversation";
import { status } from "./house";
import { toast } from "./toasts";

/** What the talk button does just now. */
export type Talking = "off" | "opening" | "waiting" | "speech" | "working";

export const talking = signal<Talking>("off");
/** The words so far. */
export const partial = signal("");
/** How loud it is, 0–1. */
export const level = signal(0);

interface Session {
  socket: WebSocket;
  microphone: Microphone | null;
}

type Told =
  | { type: "speech" | "silence" }
  | { type: "partial"; text: string }
  | { type: "heard"; text: string; confidence: number }
  | ({ type: "turn" } & Turn)
  | { type: "failed"; said: string };

let session: Session | null = null;

/** Makes the hub deaf, or lets it hear again. */
export async function mute(muted: boolean): Promise<void> {
  if (muted) stop();
  try {
    await put<Hearing>("hearing", { muted });
    // The hub tells every page in a moment; this one knows already.
    if (status.value) status.value = { ...status.value, muted };
  } catch (error) {
    toast(spoken(error), "bad");
  }
}

/** Begins to listen until nobody speaks any more; or until `finish`, if that comes first. */
export async function talk(): Promise<void> {
  if (session) return finish();
  hush();
  talking.value = "opening";
  partial.value = "";
  const socket = new WebSocket(new URL(address("audio"), document.baseURI.replace(/^http/, "ws")));
  const own: Session = { socket, microphone: null };
  session = own;
  const waiting: ArrayBuffer[] = [];
  socket.onopen = () => {
    const begin = { type: "begin", conversation: conversationName, until_silence: true, lang: lang.value };
    socket.send(JSON.stringify({ ...begin, ...(area.value ? { area: area.value } : {}) }));
    for (const piece of waiting.splice(0)) socket.send(piece);
  };
  socket.onmessage = (event: MessageEvent<string>) => take(own, JSON.parse(event.data) as Told);
  socket.onclose = () => end(own);
  socket.onerror = () => fail(own, t("unreachable"));
  try {
    own.microphone = await openMicrophone((samples, loud) => {
      level.value = loud;
      if (socket.readyState === WebSocket.OPEN) socket.send(samples.buffer);
      else if (waiting.length < MOST_WAITING) waiting.push(samples.buffer);
    });
    if (session !== own) own.microphone.close();
    else if (talking.value === "opening") talking.value = "waiting";
  } catch (error) {
    const why =
      error instanceof Error && error.message in REASONS ? (error.message as NoMicrophone) : "refused";
    fail(own, t(REASONS[why]));
  }
}

/** What was said is all. */
export function finish(): void {
  if (!session || talking.value === "working") return;
  closeMicrophone(session);
  talking.value = "working";
  if (session.socket.readyState === WebSocket.OPEN) session.socket.send(JSON.stringify({ type: "end" }));
}

/** Stops listening; nothing was meant. */
export function stop(): void {
  hush();
  if (session) end(session);
}

function take(own: Session, told: Told): void {
  if (session !== own) return;
  switch (told.type) {
    case "speech":
      if (talking.value !== "working") talking.value = "speech";
      break;
    case "partial":
      partial.value = told.text;
      break;
    case "silence":
      closeMicrophone(own);
      talking.value = "working";
      break;
    case "heard":
      partial.value = told.text;
      if (!told.text) fail(own, t("heardNothing"));
      break;
    case "turn":
      end(own);
      heardTurn(told);
      answerAloud(told);
      break;
    case "failed":
      fail(own, told.said);
  }
}

/** Says the reply; a question is listened to again without another touch. */
function answerAloud(turn: Turn): void {
  speak(turn.reply, tagOf(turn.lang), () => {
    if (turn.question && !session) void talk();
  });
}

function fail(own: Session, said: string): void {
  if (session !== own) return;
  end(own);
  toast(said, "bad");
}

function end(own: Session): void {
  closeMicrophone(own);
  own.socket.onclose = null;
  own.socket.close();
  if (session !== own) return;
  session = null;
  talking.value = "off";
}

function closeMicrophone(own: Session): void {
  own.microphone?.close();
  own.microphone = null;
  level.value = 0;
}

const REASONS: Record<NoMicrophone, Key> = {
  insecure: "micInsecure",
  refused: "micRefused",
  missing: "micMissing",
};
/** Pieces of sound that are kept until the hub is reached: five seconds. */
const MOST_WAITING = 80;
