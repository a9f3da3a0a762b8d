// Reports on their way to the page: gathered between two frames, the newest of each entity only, so that a storm costs
// no more than what a person could see of it.

import type { Entity } from "../api/types";
import { takeEntities } from "./house";

/** At most as many as the house has entities: a newer report takes the place of an older one. */
const waiting = new Map<string, Entity | null>();
let isDue = false;

export function gather(change: { entities: Entity[]; gone: string[] }): void {
  for (const entity of change.entities) waiting.set(entity.id, entity);
  for (const id of change.gone) waiting.set(id, null);
  if (isDue || waiting.size === 0) return;
  isDue = true;
  // A page that nobody sees has no frames; it catches up when it is looked at.
  requestAnimationFrame(deliver);
}

/** Forgets what waits: the whole house has just come. */
export function dropWaiting(): void {
  waiting.clear();
}

function deliver(): void {
  isDue = false;
  const entities: Entity[] = [];
  const gone: string[] = [];
  for (const [id, entity] of waiting) {
    if (MAX_PER_FRAME <= entities.length + gone.length) break;
    waiting.delete(id);
    if (entity) entities.push(entity);
    else gone.push(id);
  }
  takeEntities({ entities, gone });
  gather(NOTHING);
}

const NOTHING = { entities: [], gone: [] };
/** What a slow phone takes in within a frame. */
const MAX_PER_FRAME = 250;
