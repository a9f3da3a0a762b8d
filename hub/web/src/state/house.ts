// What the page knows of the house. Every entity is a signal of its own, so that a report draws nothing but what shows
// that entity; which entities there are, and where, is a signal apart that seldom changes.

import { type Signal, batch, computed, signal } from "@preact/signals";
import type { Area, Entity, Floor, House, Notice, Status, Timer } from "../api/types";
import { isActive, wantsAttention } from "./entity";

export const floors = signal<Floor[]>([]);
export const areas = signal<Area[]>([]);
export const timers = signal<{ list: Timer[]; at: number }>({ list: [], at: 0 });
export const notices = signal<Notice[]>([]);
export const status = signal<Status | null>(null);

export const areaNames = computed(() => new Map(areas.value.map((area) => [area.id, area.name])));

/** Counts up whenever an entity comes, goes, or is called or placed otherwise; a state does not count. */
export const structure = signal(0);

/** Entities that a person may want to look after. */
export const attention = signal<ReadonlySet<string>>(new Set());
/** Things that are on, open or playing. */
export const active = signal<ReadonlySet<string>>(new Set());

const known = new Map<string, Signal<Entity>>();

/** An entity with what is known of it; read in a component, it is drawn again when the entity changes. */
export function entityOf(id: string): Entity | undefined {
  const entity = known.get(id);
  // One that is not there yet is waited for by way of the structure.
  if (!entity) void structure.value;
  return entity?.value;
}

/** Every entity as it is now; read in a component, it is drawn again only when the structure changes. */
export function allEntities(): Entity[] {
  void structure.value;
  return [...known.values()].map((one) => one.peek());
}

/** What an entity is called; its id, if it is gone. */
export function nameOf(id: string): string {
  return entityOf(id)?.name ?? id;
}

export function takeHouse(house: House): void {
  batch(() => {
    floors.value = house.floors;
    areas.value = house.areas;
    timers.value = { list: house.timers, at: Date.now() };
    notices.value = house.notices;
    status.value = house.status;
    const ids = new Set(house.entities.map((entity) => entity.id));
    const gone = [...known.keys()].filter((id) => !ids.has(id));
    takeEntities({ entities: house.entities, gone });
  });
}

/** Takes what moved: only the signals of these entities change. */
export function takeEntities(change: { entities: Iterable<Entity>; gone: Iterable<string> }): void {
  batch(() => {
    let isRestructured = false;
    const watched = new Watched();
    for (const entity of change.entities) {
      const before = known.get(entity.id);
      if (!before || isPlacedOtherwise(before.peek(), entity)) isRestructured = true;
      if (before) before.value = entity;
      else known.set(entity.id, signal(entity));
      watched.look(entity);
    }
    for (const id of change.gone) {
      isRestructured = known.delete(id) || isRestructured;
      watched.drop(id);
    }
    watched.keep();
    if (isRestructured) structure.value++;
  });
}

/** Looks at every entity anew: whether it is up to date depends on the broker too. */
export function lookAgain(): void {
  const watched = new Watched();
  for (const one of known.values()) watched.look(one.peek());
  watched.keep();
}

/** Whether an entity is a member; copied at the first change, and written back at the end. */
class Members {
  private changed: Set<string> | null = null;

  constructor(private readonly kept: Signal<ReadonlySet<string>>) {}

  set(id: string, isMember: boolean): void {
    if ((this.changed ?? this.kept.peek()).has(id) === isMember) return;
    this.changed ??= new Set(this.kept.peek());
    if (isMember) this.changed.add(id);
    else this.changed.delete(id);
  }

  keep(): void {
    if (this.changed) this.kept.value = this.changed;
  }
}

class Watched {
  private readonly isConnected = status.peek()?.broker !== false;
  private readonly active = new Members(active);
  private readonly attention = new Members(attention);

  look(entity: Entity): void {
    this.active.set(entity.id, entity.controllable && isActive(entity));
    this.attention.set(entity.id, wantsAttention(entity, this.isConnected));
  }

  drop(id: string): void {
    this.active.set(id, false);
    this.attention.set(id, false);
  }

  keep(): void {
    this.active.keep();
    this.attention.keep();
  }
}

function isPlacedOtherwise(before: Entity, after: Entity): boolean {
  return (
    before.name !== after.name ||
    before.area !== after.area ||
    before.controllable !== after.controllable ||
    before.device_class !== after.device_class ||
    before.aliases.join("\n") !== after.aliases.join("\n")
  );
}
