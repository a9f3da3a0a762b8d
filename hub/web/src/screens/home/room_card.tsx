// A room with its scenes, its observations and its devices.

import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Entity } from "../../api/types";
import { Facts } from "../../controls/facts";
import { Icon } from "../../controls/icons";
import { Nearby } from "../../controls/nearby";
import { Tile } from "../../controls/tile";
import { t } from "../../i18n/text";
import { act } from "../../state/actions";
import { entityOf } from "../../state/house";
import type { Room } from "../../state/rooms";

export function RoomCard({ room, isOnFloor }: { room: Room; isOnFloor: boolean }) {
  const { scenes, facts, tiles } = sorted(room.entities);
  const columns = Math.min(3, Math.max(1, tiles.length, Math.ceil(facts.length / 2)));
  const Heading = isOnFloor ? "h3" : "h2";
  return (
    <section class={`room span-${columns}`} aria-labelledby={headingOf(room.id)}>
      <header>
        <Heading id={headingOf(room.id)} class="room-name" tabIndex={-1}>
          {room.name}
        </Heading>
        <LitCount ids={tiles.filter((id) => id.startsWith("light."))} />
      </header>
      {parted(facts, FACTS_PER_PART).map((ids) => (
        <Nearby key={ids[0]} height={FACTS_HEIGHT} render={() => <Facts ids={ids} />} />
      ))}
      {0 < scenes.length && (
        <div class="scenes">
          {scenes.map((id) => (
            <Scene key={id} id={id} />
          ))}
        </div>
      )}
      {parted(tiles, TILES_PER_PART).map((ids) => (
        <Nearby
          key={ids[0]}
          height={heightOf(ids.length, columns)}
          render={() => (
            <div class="tiles">
              {ids.map((id) => (
                <Tile key={id} id={id} />
              ))}
            </div>
          )}
        />
      ))}
    </section>
  );
}

/** The id of a room's heading. */
export function headingOf(room: string): string {
  return `room-${room}`;
}

function LitCount({ ids }: { ids: string[] }) {
  const count = useComputed(() => ids.filter(isLit).length).value;
  if (count === 0) return null;
  return (
    <span class="lit">
      <Icon name="light" size={16} />
      {t("countOn", { n: count })}
    </span>
  );
}

function isLit(id: string): boolean {
  const light = entityOf(id);
  return light?.state === "on" && light.available;
}

function Scene({ id }: { id: string }) {
  const [isBusy, setBusy] = useState(false);
  const scene = entityOf(id);
  if (!scene) return null;
  const start = async () => {
    setBusy(true);
    await act(scene.id, scene.domain === "button" ? "button.press" : `${scene.domain}.turn_on`);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={`pill ${isBusy ? "busy" : ""}`}
      aria-disabled={isBusy}
      title={`${t(scene.domain === "button" ? "press" : "activate")}: ${scene.name}`}
      onClick={() => !isBusy && void start()}
    >
      <Icon name={scene.domain === "button" ? "button" : "scene"} size={18} />
      {scene.name}
    </button>
  );
}

function sorted(entities: Entity[]): { scenes: string[]; facts: string[]; tiles: string[] } {
  const out = { scenes: [] as string[], facts: [] as string[], tiles: [] as string[] };
  for (const { id, domain, controllable } of entities)
    (SCENES.has(domain) ? out.scenes : controllable ? out.tiles : out.facts).push(id);
  return out;
}

function parted(ids: string[], size: number): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += size) parts.push(ids.slice(at, at + size));
  return parts;
}

function heightOf(tiles: number, columns: number): number {
  const beside = innerWidth < NARROW_PX ? 1 : columns;
  return Math.ceil(tiles / beside) * TILE_HEIGHT;
}

const SCENES = new Set(["scene", "script", "button"]);
const TILES_PER_PART = 24;
const FACTS_PER_PART = 40;
const NARROW_PX = 700;
/** As most are. */
const TILE_HEIGHT = 100;
const FACTS_HEIGHT = 60;
