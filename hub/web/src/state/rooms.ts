// Floors, their rooms and their devices, in the order in which they are shown.

import type { Area, Entity, Floor } from "../api/types";

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

/** Floors, their rooms and their devices; what has no room comes first. */
export function levels(
  all: Iterable<Entity>,
  areas: Area[],
  floors: Floor[],
  names: { home: string; other: string },
): Level[] {
  const rooms = new Map<string, Room>();
  const loose: Room = { id: "", name: names.home, entities: [] };
  for (const area of areas) rooms.set(area.id, { id: area.id, name: area.name, entities: [] });
  for (const entity of all) (rooms.get(entity.area ?? "") ?? loose).entities.push(entity);
  for (const room of [loose, ...rooms.values()]) room.entities.sort(inOrder);
  const on = (floor: string | null) =>
    areas
      .filter((area) => (floors.some((own) => own.id === area.floor) ? area.floor : null) === floor)
      .map((area) => rooms.get(area.id) as Room)
      .filter(isFull)
      .sort(byName);
  const out: Level[] = [{ id: "", name: "", rooms: [loose].filter(isFull) }];
  const stories = floors.map((floor) => ({ id: floor.id, name: floor.name, rooms: on(floor.id) }));
  // Where most devices are, people are most; a basement is rarely looked for first.
  stories.sort((one, other) => devicesOf(other) - devicesOf(one));
  out.push(...stories);
  out.push({ id: "-", name: names.other, rooms: on(null) });
  return out.filter((level) => 0 < level.rooms.length);
}

/** The same levels with only some of their devices; a room that keeps all of its own stays the same object. */
export function some(all: Level[], is: (entity: Entity, room: Room) => boolean): Level[] {
  return all
    .map((level) => ({ ...level, rooms: level.rooms.map((room) => part(room, is)).filter(isFull) }))
    .filter((level) => 0 < level.rooms.length);
}

function part(room: Room, is: (entity: Entity, room: Room) => boolean): Room {
  const entities = room.entities.filter((entity) => is(entity, room));
  return entities.length === room.entities.length ? room : { ...room, entities };
}

function isFull(room: Room): boolean {
  return 0 < room.entities.length;
}

function devicesOf(level: Level): number {
  return level.rooms.reduce((count, room) => count + room.entities.length, 0);
}

function inOrder(one: Entity, other: Entity): number {
  return rank(one) - rank(other) || byName(one, other);
}

function byName(one: { name: string }, other: { name: string }): number {
  return COLLATOR.compare(one.name, other.name);
}

function rank(entity: Entity): number {
  const at = ORDER.indexOf(entity.domain);
  return at < 0 ? ORDER.length : at;
}

/** Made once: comparing by it is many times as quick as localeCompare. */
const COLLATOR = new Intl.Collator(undefined, { numeric: true });
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
