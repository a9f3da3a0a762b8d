// What the page knows of the house, kept up to date by server-sent events.

import { computed, signal } from "@preact/signals";
import { get } from "./api";
import { lang } from "./text";
import type { Area, Entity, House, Me, Notice, Place, Schedule, Status, Timer } from "./types";

export const me = signal<Me | null>(null);
export const floors = signal<Place[]>([]);
export const areas = signal<Area[]>([]);
export const entities = signal<Map<string, Entity>>(new Map());
export const timers = signal<{ list: Timer[]; at: number }>({ list: [], at: 0 });
export const schedules = signal<Schedule[]>([]);
export const notices = signal<Notice[]>([]);
export const status = signal<Status | null>(null);
/** Whether events arrive. */
export const link = signal<"starting" | "up" | "lost">("starting");
export const toasts = signal<Toast[]>([]);
/** Goes by twice a moment, for words such as “3 minutes ago”. */
export const moment = signal(Date.now());

export const areaNames = computed(() => new Map(areas.value.map((area) => [area.id, area.name])));

/** A room's devices, or those of the whole home. */
export interface Room {
  id: string;
  name: string;
  entities: Entity[];
}

export interface Level {
  id: string;
  name: string;
  rooms: Room[];
}

/** Something said for a moment, with one thing that can be done about it. */
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "bad";
  act?: { word: string; call: () => void };
}

export interface LateAnswer {
  turn: string;
  entity_id: string;
  late_ms: number;
}

/** Called when a device confirms after its turn has ended. */
export const onLate: { call: (told: LateAnswer) => void } = { call: () => undefined };

let next = 0;

export function toast(text: string, tone: Toast["tone"] = "plain", act?: Toast["act"]): void {
  const id = ++next;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone, ...(act ? { act } : {}) }];
  setTimeout(() => dropToast(id), act ? 12_000 : 6_000);
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** What is planned, in the language of the page. */
export async function loadSchedules(): Promise<void> {
  await get<Schedule[]>(`schedules?lang=${lang.value}`).then(
    (all) => (schedules.value = all),
    () => undefined,
  );
}

export async function askMe(): Promise<void> {
  me.value = await get<Me>("me");
}

export function takeHouse(house: House): void {
  floors.value = house.floors;
  areas.value = house.areas;
  entities.value = new Map(house.entities.map((entity) => [entity.id, entity]));
  timers.value = { list: house.timers, at: Date.now() };
  notices.value = house.notices;
  status.value = house.status;
}

/** The entities after some of them moved; the others stay the same objects, so that they are not drawn again. */
export function moved(
  known: Map<string, Entity>,
  change: { entities: Entity[]; gone: string[] },
): Map<string, Entity> {
  const out = new Map(known);
  for (const entity of change.entities) out.set(entity.id, entity);
  for (const id of change.gone) out.delete(id);
  return out;
}

/** Floors, their rooms and their devices; what has no room comes first. */
export function levels(
  all: Iterable<Entity>,
  areas: Area[],
  floors: Place[],
  names: { home: string; other: string },
): Level[] {
  const rooms = new Map<string, Room>();
  const loose: Room = { id: "", name: names.home, entities: [] };
  for (const area of areas) rooms.set(area.id, { id: area.id, name: area.name, entities: [] });
  for (const entity of all) (rooms.get(entity.area ?? "") ?? loose).entities.push(entity);
  for (const room of [loose, ...rooms.values()]) room.entities.sort(inOrder);
  const full = (room: Room) => 0 < room.entities.length;
  const on = (floor: string | null) =>
    areas
      .filter((area) => (floors.some((own) => own.id === area.floor) ? area.floor : null) === floor)
      .map((area) => rooms.get(area.id) as Room)
      .filter(full)
      .sort(byName);
  const out: Level[] = [{ id: "", name: "", rooms: [loose].filter(full) }];
  const stories = floors.map((floor) => ({ id: floor.id, name: floor.name, rooms: on(floor.id) }));
  // Where most devices are, people are most; a basement is rarely looked for first.
  stories.sort((one, other) => devicesOf(other) - devicesOf(one));
  out.push(...stories);
  out.push({ id: "-", name: names.other, rooms: on(null) });
  return out.filter((level) => 0 < level.rooms.length);
}

/** Whether an entity fits what was typed into the search field. */
export function fits(entity: Entity, room: string, typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const own = [entity.name, ...entity.aliases, room, entity.id, entity.domain].join(" ").toLowerCase();
  return words.every((word) => own.includes(word));
}

/** Whether something is switched on, open, playing or otherwise at work. */
export function isActive(entity: Entity): boolean {
  // An open blind is how a day looks; an open garage is not.
  if (entity.domain === "cover" && !ENTRIES.has(entity.device_class ?? ""))
    return entity.state === "opening" || entity.state === "closing";
  return (
    ACTIVE.has(entity.state ?? "") ||
    (entity.domain === "climate" && entity.state !== "off" && entity.state !== null)
  );
}

/** Whether a person may want to look after it. */
export function wantsAttention(entity: Entity): boolean {
  const alarm =
    entity.domain === "binary_sensor" && entity.state === "on" && ALARMS.has(entity.device_class ?? "");
  const low = entity.device_class === "battery" && Number(entity.state) <= 15;
  const odd = ["unlocked", "jammed", "triggered", "error"].includes(entity.state ?? "");
  // While the broker is away everything is stale, and the banner says so.
  const stale = entity.quality === "stale" && status.value?.broker !== false;
  return !entity.available || stale || alarm || low || odd;
}

/** Follows the house until the page is closed or logged out. */
export function follow(): () => void {
  let source: EventSource | null = null;
  let pause = FIRST_PAUSE_MS;
  let again: ReturnType<typeof setTimeout> | undefined;
  let heard = Date.now();
  let ended = false;

  const lose = () => {
    source?.close();
    source = null;
    if (ended) return;
    link.value = "lost";
    clearTimeout(again);
    again = setTimeout(open, pause * (0.7 + 0.3 * Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  const open = async () => {
    clearTimeout(again);
    source?.close();
    source = null;
    try {
      await askMe();
    } catch {
      return lose();
    }
    if (ended || !me.value?.logged_in) return;
    source = new EventSource("/api/v1/events");
    heard = Date.now();
    const on = (name: string, take: (data: never) => void) =>
      source?.addEventListener(name, (event) => {
        heard = Date.now();
        take(JSON.parse((event as MessageEvent<string>).data) as never);
      });
    on("house", (house: House) => {
      takeHouse(house);
      void loadSchedules();
      link.value = "up";
      pause = FIRST_PAUSE_MS;
    });
    on(
      "entities",
      (change: { entities: Entity[]; gone: string[] }) => (entities.value = moved(entities.value, change)),
    );
    on("timers", (list: Timer[]) => (timers.value = { list, at: Date.now() }));
    on("timer", () => undefined);
    on("schedules", () => void loadSchedules());
    on("notice", () => undefined);
    on("notices", (all: Notice[]) => (notices.value = all));
    on("late", (told: LateAnswer) => onLate.call(told));
    on("status", (now: Status) => (status.value = now));
    on("beat", () => undefined);
    source.onerror = lose;
  };
  const look = () => {
    moment.value = Date.now();
    if (source && SILENCE_MS < Date.now() - heard) lose();
  };
  const wake = () => {
    if (document.visibilityState === "visible" && link.value !== "up") void open();
    look();
  };
  const looking = setInterval(look, 5_000);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  void open();
  return () => {
    ended = true;
    clearInterval(looking);
    clearTimeout(again);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
    source?.close();
    link.value = "starting";
  };
}

function devicesOf(level: Level): number {
  return level.rooms.reduce((count, room) => count + room.entities.length, 0);
}

function inOrder(one: Entity, other: Entity): number {
  return rank(one) - rank(other) || byName(one, other);
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name.localeCompare(other.name, undefined, { numeric: true });
}

function rank(entity: Entity): number {
  const at = ORDER.indexOf(entity.domain);
  return at < 0 ? ORDER.length : at;
}

const ORDER = [
  "light",
  "switch",
  "input_boolean",
  "cover",
  "climate",
  "fan",
  "lock",
  "alarm_control_panel",
  "media_player",
  "vacuum",
  "lawn_mower",
  "valve",
  "water_heater",
  "humidifier",
  "siren",
  "button",
  "scene",
  "script",
  "todo",
  "person",
  "weather",
  "sensor",
  "binary_sensor",
];
const ACTIVE = new Set([
  "on",
  "open",
  "opening",
  "unlocked",
  "playing",
  "cleaning",
  "mowing",
  "heat",
  "cool",
  "heat_cool",
  "triggered",
]);
const ENTRIES = new Set(["garage", "garage_door", "gate", "door"]);
const ALARMS = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "problem", "safety", "tamper"]);
const FIRST_PAUSE_MS = 800;
const LONGEST_PAUSE_MS = 20_000;
/** The hub sends a beat every 10 seconds. */
const SILENCE_MS = 26_000;
