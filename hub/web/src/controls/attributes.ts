// Reads what devices say of themselves, which may be anything.

import type { Entity } from "../api/types";

export function number(entity: Entity, name: string): number | null {
  const value = entity.attributes[name];
  const parsed = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof parsed === "number" && Number.isFinite(parsed) ? parsed : null;
}

export function modes(entity: Entity): string[] {
  const known = entity.attributes.supported_color_modes;
  return Array.isArray(known)
    ? known.map(String)
    : number(entity, "brightness") === null
      ? ["onoff"]
      : ["brightness"];
}

export function items(entity: Entity): string[] {
  const known = entity.attributes.items;
  return Array.isArray(known) ? known.map(String) : [];
}

/** Home Assistant's brightness runs to 255. */
export function pct(brightness: number): number {
  return Math.round(brightness / 2.55);
}
