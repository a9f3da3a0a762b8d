// Controls by domain: the main one beside the name, others below it.

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import { stateWord, t } from "./text";
import type { Do } from "./tile";
import type { Entity } from "./types";

interface Props {
  entity: Entity;
  run: Do;
}

/** The state in a few words. */
export function summary(entity: Entity): string {
  if (!entity.available) return t("offline");
  if (entity.domain === "todo") return t("itemsOpen", { n: items(entity).length });
  if (entity.state === null) return t("unknown");
  const word = stateWord(entity.state);
  const position = number(entity, "current_position");
  switch (entity.domain) {
    case "light": {
      const brightness = number(entity, "brightness");
      return entity.state === "on" && brightness !== null && modes(entity).some((mode) => mode !== "onoff")
        ? `${word} · ${pct(brightness)}%`
        : word;
    }
    case "cover":
    case "valve":
      return position !== null && 0 < position && position < 100 ? `${word} · ${position}%` : word;
    case "fan": {
      const speed = number(entity, "percentage");
      return entity.state === "on" && speed ? `${word} · ${speed}%` : word;
    }
    case "climate": {
      const now = number(entity, "current_temperature");
      return now === null ? word : `${word} · ${now.toLocaleString()}°`;
    }
    case "media_player": {
      const title = entity.attributes.media_title;
      return typeof title === "string" && entity.state !== "off" ? `${word} · ${title}` : word;
    }
    case "vacuum": {
      const battery = number(entity, "battery_level");
      return battery === null ? word : `${word} · ${battery}%`;
    }
    default:
      return word;
  }
}

/** The control that stands beside the name. */
export function Main({ entity, run }: Props) {
  switch (entity.domain) {
    case "light":
    case "switch":
    case "fan":
    case "input_boolean":
    case "siren":
    case "humidifier":
    case "water_heater":
    case "automation":
      return (
        <Toggle entity={entity} isOn={entity.state === "on"} run={(on) => run(on ? "turn_on" : "turn_off")} />
      );
    case "lock":
      return entity.state === "locked" ? (
        <button type="button" class="button" onClick={() => void run("unlock")}>
          {t("unlock")}
        </button>
      ) : (
        <button type="button" class="button primary" onClick={() => void run("lock")}>
          {t("lock")}
        </button>
      );
    case "media_player":
      return entity.state === "playing" ? (
        <Round icon="pause" label={t("pause")} press={() => run("media_pause")} />
      ) : entity.state === "off" ? (
        <Round icon="power" label={t("on")} press={() => run("turn_on")} />
      ) : (
        <Round icon="play" label={t("play")} press={() => run("media_play")} />
      );
    case "vacuum":
      return entity.state === "cleaning" ? (
        <Round icon="pause" label={t("pause")} press={() => run("pause")} />
      ) : (
        <Round icon="play" label={t("start")} press={() => run("start")} />
      );
    case "lawn_mower":
      return entity.state === "mowing" ? (
        <Round icon="pause" label={t("pause")} press={() => run("pause")} />
      ) : (
        <Round icon="play" label={t("start")} press={() => run("start_mowing")} />
      );
    default:
      return null;
  }
}

/** The controls below the name. */
export function Controls({ entity, run, isOpen }: Props & { isOpen: boolean }) {
  switch (entity.domain) {
    case "light":
      return <Light entity={entity} run={run} isOpen={isOpen} />;
    case "fan":
      return isOpen || entity.state === "on" ? (
        <Slider
          label={t("speed")}
          value={number(entity, "percentage") ?? 0}
          least={1}
          most={100}
          unit="%"
          send={(value) => run("set_percentage", { percentage: value })}
        />
      ) : null;
    case "cover":
      return <Cover entity={entity} run={run} isOpen={isOpen} />;
    case "valve":
      return (
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={entity.state === "open"}
            onClick={() => void run("open_valve")}
          >
            {t("open")}
          </button>
          <button
            type="button"
            class="button"
            disabled={entity.state === "closed"}
            onClick={() => void run("close_valve")}
          >
            {t("close")}
          </button>
        </div>
      );
    case "climate":
      return <Climate entity={entity} run={run} />;
    case "alarm_control_panel":
      return <Alarm entity={entity} run={run} />;
    case "media_player":
      return <Media entity={entity} run={run} isOpen={isOpen} />;
    case "vacuum":
      return (
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={entity.state === "docked"}
            onClick={() => void run("return_to_base")}
          >
            {t("dock")}
          </button>
          <button type="button" class="button" onClick={() => void run("locate")}>
            {t("locate")}
          </button>
        </div>
      );
    case "lawn_mower":
      return (
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={entity.state === "docked"}
            onClick={() => void run("dock")}
          >
            {t("dock")}
          </button>
        </div>
      );
    case "todo":
      return <List entity={entity} run={run} />;
    default:
      return null;
  }
}

function Light({ entity, run, isOpen }: Props & { isOpen: boolean }) {
  const known = modes(entity);
  const canDim = known.some((mode) => mode !== "onoff");
  const isOn = entity.state === "on";
  const color = entity.attributes.hs_color;
  const hue = Array.isArray(color) ? Number(color[0]) : 30;
  return (
    <>
      {canDim && (isOn || isOpen) && (
        <Slider
          label={t("brightness")}
          value={isOn ? Math.max(1, pct(number(entity, "brightness") ?? 0)) : 0}
          least={1}
          most={100}
          unit="%"
          send={(value) => run("turn_on", { brightness_pct: value })}
        />
      )}
      {isOpen && known.includes("color_temp") && (
        <Slider
          label={t("warmth")}
          kind="warmth"
          value={number(entity, "color_temp_kelvin") ?? 3000}
          least={number(entity, "min_color_temp_kelvin") ?? 2200}
          most={number(entity, "max_color_temp_kelvin") ?? 6500}
          step={100}
          unit=" K"
          send={(value) => run("turn_on", { color_temp_kelvin: value })}
        />
      )}
      {isOpen && known.some((mode) => COLORED.has(mode)) && (
        <Slider
          label={t("color")}
          kind="hue"
          value={Math.round(hue)}
          least={0}
          most={360}
          step={5}
          unit="°"
          send={(value) => run("turn_on", { hs_color: [value, 90] })}
        />
      )}
    </>
  );
}

function Cover({ entity, run, isOpen }: Props & { isOpen: boolean }) {
  const position = number(entity, "current_position");
  return (
    <>
      <div class="row thirds">
        <button
          type="button"
          class="button"
          aria-label={t("open")}
          disabled={entity.state === "open" && (position ?? 100) >= 100}
          onClick={() => void run("open_cover")}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          class="button"
          aria-label={t("stop")}
          disabled={entity.state !== "opening" && entity.state !== "closing"}
          onClick={() => void run("stop_cover")}
        >
          <Icon name="stop" size={18} />
        </button>
        <button
          type="button"
          class="button"
          aria-label={t("close")}
          disabled={entity.state === "closed"}
          onClick={() => void run("close_cover")}
        >
          <Icon name="down" />
        </button>
      </div>
      {isOpen && position !== null && (
        <Slider
          label={t("position")}
          value={position}
          least={0}
          most={100}
          unit="%"
          send={(value) => run("set_cover_position", { position: value })}
        />
      )}
    </>
  );
}

/** Several presses of plus and minus are one command. */
function Climate({ entity, run }: Props) {
  const target = number(entity, "temperature");
  const step = number(entity, "target_temp_step") ?? 0.5;
  const [wanted, setWanted] = useState<number | null>(null);
  const later = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const known = entity.attributes.hvac_modes;
  const all = Array.isArray(known) ? known.map(String) : ["off", "heat"];
  useEffect(() => () => clearTimeout(later.current), []);
  const by = (difference: number) => {
    const least = number(entity, "min_temp") ?? 5;
    const most = number(entity, "max_temp") ?? 35;
    const next = Math.min(most, Math.max(least, (wanted ?? target ?? 20) + difference));
    setWanted(next);
    clearTimeout(later.current);
    later.current = setTimeout(
      () => void run("set_temperature", { temperature: next }).finally(() => setWanted(null)),
      SETTLE_MS,
    );
  };
  const shown = wanted ?? target;
  return (
    <div class="row climate">
      {shown !== null && (
        <div class="stepper" role="group" aria-label={t("target")}>
          <Round icon="minus" label={t("cooler")} press={() => by(-step)} />
          <output>{shown.toLocaleString(undefined, { minimumFractionDigits: step % 1 ? 1 : 0 })}°</output>
          <Round icon="plus" label={t("warmer")} press={() => by(step)} />
        </div>
      )}
      <label class="mode">
        <span class="hidden">{t("mode")}</span>
        <select
          class="field"
          value={entity.state ?? ""}
          onChange={(event) => void run("set_hvac_mode", { hvac_mode: event.currentTarget.value })}
        >
          {all.map((mode) => (
            <option key={mode} value={mode}>
              {stateWord(mode)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Alarm({ entity, run }: Props) {
  if (entity.state !== "disarmed" && entity.state !== null) {
    return (
      <div class="row">
        <button type="button" class="button primary" onClick={() => void run("alarm_disarm")}>
          {t("disarm")}
        </button>
      </div>
    );
  }
  return (
    <div class="row">
      {(["home", "away", "night"] as const).map((mode) => (
        <button key={mode} type="button" class="button" onClick={() => void run(`alarm_arm_${mode}`)}>
          {t(`arm_${mode}`)}
        </button>
      ))}
    </div>
  );
}

function Media({ entity, run, isOpen }: Props & { isOpen: boolean }) {
  const volume = number(entity, "volume_level");
  const isMuted = entity.attributes.is_volume_muted === true;
  if (!isOpen && entity.state !== "playing" && entity.state !== "paused") return null;
  return (
    <>
      <div class="row media">
        <Round icon="previous" label={t("previous")} press={() => run("media_previous_track")} />
        <Round icon="next" label={t("next")} press={() => run("media_next_track")} />
        <Round
          icon={isMuted ? "muted" : "volume"}
          label={t(isMuted ? "unmute" : "mute")}
          press={() => run("volume_mute", { is_volume_muted: !isMuted })}
        />
        {entity.state !== "off" && <Round icon="power" label={t("off")} press={() => run("turn_off")} />}
      </div>
      {volume !== null && (
        <Slider
          label={t("volume")}
          value={Math.round(volume * 100)}
          least={0}
          most={100}
          unit="%"
          send={(value) => run("volume_set", { volume_level: value / 100 })}
        />
      )}
    </>
  );
}

function List({ entity, run }: Props) {
  const [item, setItem] = useState("");
  const add = async (event: Event) => {
    event.preventDefault();
    const words = item.trim();
    if (!words) return;
    setItem("");
    await run("add_item", { item: words });
  };
  return (
    <>
      <ul class="items">
        {items(entity).map((one) => (
          <li key={one}>
            <label>
              <input
                type="checkbox"
                checked={false}
                aria-label={t("tick", { item: one })}
                onChange={(event) => (
                  (event.currentTarget.checked = false),
                  void run("update_item", { item: one, status: "completed" })
                )}
              />
              <span>{one}</span>
            </label>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={(event) => void add(event)}>
        <input
          class="field"
          maxLength={200}
          placeholder={t("addItem")}
          aria-label={t("addItem")}
          value={item}
          onInput={(event) => setItem(event.currentTarget.value)}
        />
        <button class="button" disabled={!item.trim()}>
          {t("add")}
        </button>
      </form>
    </>
  );
}

function Toggle({
  entity,
  isOn,
  run,
}: {
  entity: Entity;
  isOn: boolean;
  run: (on: boolean) => Promise<boolean>;
}) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  const shown = wanted ?? isOn;
  const flip = async () => {
    setWanted(!shown);
    await run(!shown);
    setWanted(null);
  };
  return (
    <button
      type="button"
      role="switch"
      class="toggle"
      aria-checked={shown}
      aria-label={entity.name}
      disabled={wanted !== null}
      onClick={() => void flip()}
    >
      <span />
    </button>
  );
}

/** Sends when let go; shows what is wanted until the device has answered. */
function Slider({
  label,
  value,
  least,
  most,
  step = 1,
  unit,
  kind = "",
  send,
}: {
  label: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  unit: string;
  kind?: string;
  send: (value: number) => Promise<boolean>;
}) {
  const [wanted, setWanted] = useState<number | null>(null);
  const shown = wanted ?? value;
  const part = most === least ? 0 : ((Math.min(most, Math.max(least, shown)) - least) / (most - least)) * 100;
  const done = async (next: number) => {
    setWanted(next);
    await send(next);
    setWanted(null);
  };
  return (
    <label class={`slider ${kind}`}>
      <span>{label}</span>
      <output>
        {Math.round(shown)}
        {unit}
      </output>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={shown}
        style={{ "--part": `${part}%` }}
        aria-valuetext={`${Math.round(shown)}${unit}`}
        onInput={(event) => setWanted(Number(event.currentTarget.value))}
        onChange={(event) => void done(Number(event.currentTarget.value))}
      />
    </label>
  );
}

function Round({ icon, label, press }: { icon: string; label: string; press: () => unknown }) {
  return (
    <button type="button" class="round" aria-label={label} title={label} onClick={() => void press()}>
      <Icon name={icon} />
    </button>
  );
}

function number(entity: Entity, name: string): number | null {
  const value = entity.attributes[name];
  const parsed = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof parsed === "number" && Number.isFinite(parsed) ? parsed : null;
}

function modes(entity: Entity): string[] {
  const known = entity.attributes.supported_color_modes;
  return Array.isArray(known)
    ? known.map(String)
    : number(entity, "brightness") === null
      ? ["onoff"]
      : ["brightness"];
}

function items(entity: Entity): string[] {
  const known = entity.attributes.items;
  return Array.isArray(known) ? known.map(String) : [];
}

/** Home Assistant's brightness runs to 255. */
function pct(brightness: number): number {
  return Math.round(brightness / 2.55);
}

const COLORED = new Set(["hs", "rgb", "rgbw", "rgbww", "xy"]);
const SETTLE_MS = 700;
