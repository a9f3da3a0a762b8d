// The way to a room: one stop for the tab key, then the arrow keys.

import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n/text";
import type { Level } from "../../state/rooms";
import { headingOf } from "./room_card";

export function RoomLinks({ levels }: { levels: Level[] }) {
  const [at, setAt] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  const rooms = levels.flatMap((level) => level.rooms);
  if (rooms.length < FEW) return null;
  const move = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: rooms.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + rooms.length) % rooms.length;
    setAt(next);
    bar.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div ref={bar} class="room-links" role="toolbar" aria-label={t("jump")} onKeyDown={move}>
      {rooms.map((room, index) => (
        <button
          key={room.id}
          type="button"
          class="chip"
          tabIndex={index === Math.min(at, rooms.length - 1) ? 0 : -1}
          onClick={() => {
            setAt(index);
            jump(room.id);
          }}
        >
          {room.name}
        </button>
      ))}
    </div>
  );
}

/** What lies between is drawn on the way and may be higher or lower than it was thought to be: it is aimed at twice. */
function jump(room: string): void {
  const heading = document.getElementById(headingOf(room));
  heading?.focus({ preventScroll: true });
  const scroll = () => heading?.scrollIntoView({ block: "start" });
  scroll();
  setTimeout(scroll, DRAWN_MS);
}

const FEW = 3;
const DRAWN_MS = 120;
