import { effect } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import type { Area, Entity, Floor, House, Status } from "../api/types";
import { clock } from "../i18n/time";
import { gather } from "./changes";
import { active, allEntities, entityOf, structure, takeEntities, takeHouse } from "./house";
import { fits, isActive, wantsAttention } from "./entity";
import { levels } from "./rooms";

const entity = (id: string, more: Partial<Entity> = {}): Entity => ({
  id,
  name: id.split(".")[1] ?? id,
  aliases: [],
  domain: id.split(".")[0] ?? "",
  device_class: null,
  area: null,
  state: "off",
  attributes: {},
  quality: "observed",
  available: true,
  cause: "device",
  changed_ms: 0,
  controllable: true,
  ...more,
});
const floors: Floor[] = [
  { id: "low", name: "Low", aliases: [] },
  { id: "high", name: "High", aliases: [] },
];
const areas: Area[] = [
  { id: "hall", name: "Hall", aliases: [], floor: "high" },
  { id: "attic", name: "Attic", aliases: [], floor: null },
  { id: "cellar", name: "Cellar", aliases: [], floor: "low" },
];

describe("levels", () => {
  it("puts the whole home first, the fullest floor next and rooms without a floor last", () => {
    const all = [
      entity("light.a", { area: "hall" }),
      entity("lock.b", { area: "hall" }),
      entity("light.c", { area: "cellar" }),
      entity("scene.d"),
      entity("light.e", { area: "attic" }),
      entity("light.f", { area: "gone" }),
    ];
    const shown = levels(all, areas, floors, { home: "Home", other: "Other" });
    expect(
      shown.map((level) => [
        level.name,
        level.rooms.map((room) => [room.name, room.entities.map((one) => one.id)]),
      ]),
    ).toEqual([
      ["", [["Home", ["light.f", "scene.d"]]]],
      ["High", [["Hall", ["light.a", "lock.b"]]]],
      ["Low", [["Cellar", ["light.c"]]]],
      ["Other", [["Attic", ["light.e"]]]],
    ]);
  });
});

describe("a report", () => {
  const house = (entities: Entity[]): House => ({
    floors,
    areas,
    entities,
    timers: [],
    notices: [],
    status: STATUS,
  });

  it("draws only what shows its entity", () => {
    takeHouse(house([entity("light.a"), entity("light.b"), entity("light.c")]));
    const drawn: string[] = [];
    const stops = ["light.a", "light.b"].map((id) =>
      effect(() => void drawn.push(`${id} ${entityOf(id)?.state}`)),
    );
    const before = structure.value;
    takeEntities({ entities: [entity("light.b", { state: "on" })], gone: [] });
    expect(drawn).toEqual(["light.a off", "light.b off", "light.b on"]);
    expect(structure.value).toBe(before);
    expect([...active.value]).toEqual(["light.b"]);
    takeEntities({ entities: [entity("light.a", { name: "Lamp" })], gone: ["light.c"] });
    expect(structure.value).toBe(before + 1);
    expect(allEntities().map((one) => one.name)).toEqual(["Lamp", "b"]);
    for (const stop of stops) stop();
  });

  it("waits for the next frame, the newest of each entity only, and never more than a frame takes", () => {
    const frames: (() => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
    const many = Array.from({ length: 400 }, (_, at) => entity(`light.${at}`));
    takeHouse(house(many));
    for (const state of ["on", "off", "on"])
      gather({ entities: many.map((one) => ({ ...one, state })), gone: [] });
    expect(active.value.size).toBe(0);
    expect(frames.length).toBe(1);
    frames.shift()?.();
    expect(active.value.size).toBe(250);
    frames.shift()?.();
    expect(active.value.size).toBe(400);
    expect(frames.length).toBe(0);
    vi.unstubAllGlobals();
  });
});

describe("an entity", () => {
  it("is found by words of its name, aliases and room in any order", () => {
    const lamp = entity("light.x", { name: "Desk Lamp", aliases: ["工作灯"] });
    expect(fits(lamp, "Office", "office lamp")).toBe(true);
    expect(fits(lamp, "Office", "工作")).toBe(true);
    expect(fits(lamp, "Office", "kitchen")).toBe(false);
  });

  it("wants attention when it can't be trusted or warns", () => {
    expect(wantsAttention(entity("lock.a", { state: "unlocked" }))).toBe(true);
    expect(wantsAttention(entity("light.a", { quality: "stale" }))).toBe(true);
    expect(wantsAttention(entity("binary_sensor.leak", { state: "on", device_class: "moisture" }))).toBe(
      true,
    );
    expect(wantsAttention(entity("binary_sensor.motion", { state: "on", device_class: "motion" }))).toBe(
      false,
    );
  });

  it("is not at work because a blind is open", () => {
    expect(isActive(entity("cover.blind", { state: "open", device_class: "blind" }))).toBe(false);
    expect(isActive(entity("cover.garage", { state: "open", device_class: "garage" }))).toBe(true);
  });
});

describe("clock", () => {
  it("shows hours only when there are any", () => {
    expect(clock(65)).toBe("01:05");
    expect(clock(3605)).toBe("1:00:05");
  });
});

const STATUS: Status = {
  broker: true,
  model: "ready",
  model_reason: null,
  recognizer: "ready",
  muted: false,
  microphone: { state: "off", problem: null, reason: null },
  notice: null,
  troubles: [],
  refused: 0,
  https_port: null,
  demo: false,
  version: "",
  entities: 0,
  offline: 0,
};
