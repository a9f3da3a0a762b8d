// The controls below the name, by domain.

import { stateWord, t } from "../i18n/text";
import { Alarm } from "./alarm";
import { number } from "./attributes";
import { Climate } from "./climate";
import { Cover } from "./cover";
import { Light } from "./light";
import { Media } from "./media";
import { Act, Slider } from "./parts";
import type { ControlProps, FoldedControlProps } from "./run";
import { TodoList } from "./todo_list";

export function Controls({ entity, run, isOpen }: FoldedControlProps) {
  switch (entity.domain) {
    case "light":
      return <Light entity={entity} run={run} isOpen={isOpen} />;
    case "fan":
      return isOpen || entity.state === "on" ? <Speed entity={entity} run={run} /> : null;
    case "humidifier":
      return number(entity, "humidity") === null ? null : <Humidity entity={entity} run={run} />;
    case "cover":
      return <Cover entity={entity} run={run} isOpen={isOpen} />;
    case "valve":
      return <Valve entity={entity} run={run} />;
    case "climate":
      return <Climate entity={entity} run={run} />;
    case "alarm_control_panel":
      return <Alarm entity={entity} run={run} />;
    case "media_player":
      return <Media entity={entity} run={run} isOpen={isOpen} />;
    case "vacuum":
      return <Vacuum entity={entity} run={run} />;
    case "lawn_mower":
      return <Mower entity={entity} run={run} />;
    case "select":
      return <Options entity={entity} run={run} />;
    case "todo":
      return <TodoList entity={entity} run={run} />;
    default:
      return null;
  }
}

function Speed({ entity, run }: ControlProps) {
  return (
    <Slider
      label={t("speed")}
      value={number(entity, "percentage") ?? 0}
      min={1}
      max={100}
      unit="%"
      send={(value) => run("set_percentage", { percentage: value })}
    />
  );
}

/** What a humidifier is to reach. */
function Humidity({ entity, run }: ControlProps) {
  return (
    <Slider
      label={t("targetHumidity")}
      value={number(entity, "humidity") ?? 0}
      min={number(entity, "min_humidity") ?? 0}
      max={number(entity, "max_humidity") ?? 100}
      unit="%"
      send={(value) => run("set_humidity", { humidity: value })}
    />
  );
}

/** One of several, such as the mode of the house. */
function Options({ entity, run }: ControlProps) {
  const { options } = entity.attributes;
  const all = Array.isArray(options) ? options.map(String) : [];
  return (
    <select
      class="field"
      aria-label={entity.name}
      value={entity.state ?? ""}
      onChange={(event) => void run("select_option", { option: event.currentTarget.value })}
    >
      {all.map((option) => (
        <option key={option} value={option}>
          {stateWord(option)}
        </option>
      ))}
    </select>
  );
}

function Valve({ entity, run }: ControlProps) {
  return (
    <div class="row">
      <Act isOff={entity.state === "open"} send={() => run("open_valve")}>
        {t("open")}
      </Act>
      <Act isOff={entity.state === "closed"} send={() => run("close_valve")}>
        {t("close")}
      </Act>
    </div>
  );
}

function Vacuum({ entity, run }: ControlProps) {
  return (
    <div class="row">
      <Act isOff={entity.state === "docked"} send={() => run("return_to_base")}>
        {t("dock")}
      </Act>
      <Act send={() => run("locate")}>{t("locate")}</Act>
    </div>
  );
}

function Mower({ entity, run }: ControlProps) {
  return (
    <div class="row">
      <Act isOff={entity.state === "docked"} send={() => run("dock")}>
        {t("dock")}
      </Act>
    </div>
  );
}
