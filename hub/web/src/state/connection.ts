// Follows the house by server-sent events, through lost connections.

import { signal } from "@preact/signals";
import { address } from "../api/client";
import type { Entity, House, Notice, Status, Timer } from "../api/types";
import { dropWaiting, gather } from "./changes";
import { lookAgain, notices, status, takeHouse, timers } from "./house";
import { askMe, me } from "./login";
import { moment } from "./moment";
import { loadSchedules } from "./schedules";

/** Whether events arrive. */
export const link = signal<"starting" | "up" | "lost">("starting");

export interface LateAnswer {
  turn: string;
  entity_id: string;
  late_ms: number;
}

/** Called when a device confirms after its turn has ended. */
export const onLate: { call: (told: LateAnswer) => void } = { call: () => undefined };

/** One stream of events, and when it is tried again. */
interface Following {
  source: EventSource | null;
  pause_ms: number;
  again: ReturnType<typeof setTimeout> | undefined;
  heard_ms: number;
  isEnded: boolean;
}

/** Follows the house until what it returns is called. */
export function follow(): () => void {
  const at: Following = {
    source: null,
    pause_ms: FIRST_PAUSE_MS,
    again: undefined,
    heard_ms: Date.now(),
    isEnded: false,
  };
  const look = () => {
    moment.value = Date.now();
    if (at.source && SILENCE_MS < Date.now() - at.heard_ms) lose(at);
  };
  const wake = () => {
    if (document.visibilityState === "visible" && link.value !== "up") void open(at);
    look();
  };
  const looking = setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  void open(at);
  return () => {
    at.isEnded = true;
    clearInterval(looking);
    clearTimeout(at.again);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
    at.source?.close();
    link.value = "starting";
  };
}

async function open(at: Following): Promise<void> {
  clearTimeout(at.again);
  at.source?.close();
  at.source = null;
  try {
    await askMe();
  } catch {
    lose(at);
    return;
  }
  if (at.isEnded || !me.value?.logged_in) return;
  at.source = new EventSource(address("events"));
  at.heard_ms = Date.now();
  at.source.onerror = () => lose(at);
  listen(at, at.source);
}

function lose(at: Following): void {
  at.source?.close();
  at.source = null;
  if (at.isEnded) return;
  link.value = "lost";
  clearTimeout(at.again);
  at.again = setTimeout(() => void open(at), at.pause_ms * (0.7 + 0.3 * Math.random()));
  at.pause_ms = Math.min(at.pause_ms * 2, MAX_PAUSE_MS);
}

function listen(at: Following, source: EventSource): void {
  const on = <T>(name: string, take: (data: T) => void) =>
    source.addEventListener(name, (event) => {
      at.heard_ms = Date.now();
      take(JSON.parse((event as MessageEvent<string>).data) as T);
    });
  on("house", (house: House) => {
    dropWaiting();
    takeHouse(house);
    void loadSchedules();
    link.value = "up";
    at.pause_ms = FIRST_PAUSE_MS;
  });
  on("entities", (change: { entities: Entity[]; gone: string[] }) => gather(change));
  on("timers", (list: Timer[]) => {
    timers.value = { list, at: Date.now() };
  });
  on("schedules", () => void loadSchedules());
  on("notices", (all: Notice[]) => {
    notices.value = all;
  });
  on("late", (told: LateAnswer) => onLate.call(told));
  on("status", (now: Status) => {
    const isOther = status.peek()?.broker !== now.broker;
    status.value = now;
    if (isOther) lookAgain();
  });
  // What needs no more than to be heard: the connection lives.
  for (const name of ["timer", "notice", "beat"]) on(name, () => undefined);
}

const LOOK_MS = 5_000;
const FIRST_PAUSE_MS = 800;
const MAX_PAUSE_MS = 20_000;
/** The hub sends a beat every 10 seconds. */
const SILENCE_MS = 26_000;
