// What the page knows of the house.

import { computed, signal } from "@preact/signals";
import type { Area, Entity, Floor, House, Notice, Status, Timer } from "../api/types";

export const floors = signal<Floor[]>([]);
export const areas = signal<Area[]>([]);
export const entities = signal<Map<string, Entity>>(new Map());
export const timers = signal<{ list: Timer[]; at: number }>({ list: [], at: 0 });
export const notices = signal<Notice[]>([]);
export const status = signal<Status | null>(null);

export const areaNames = computed(() => new Map(areas.value.map((area) => [area.id, area.name])));

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
