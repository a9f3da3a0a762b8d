// What can be said of one entity by itself.

import type { Entity } from "../api/types";

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

/** Whether a person may want to look after it. While the broker is away everything is stale, and a banner says so. */
export function wantsAttention(entity: Entity, isConnected = true): boolean {
  const alarm =
    entity.domain === "binary_sensor" && entity.state === "on" && ALARMS.has(entity.device_class ?? "");
  const low = entity.device_class === "battery" && Number(entity.state) <= 15;
  const odd = ["unlocked", "jammed", "triggered", "error"].includes(entity.state ?? "");
  const stale = entity.quality === "stale" && isConnected;
  return !entity.available || stale || alarm || low || odd;
}

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
