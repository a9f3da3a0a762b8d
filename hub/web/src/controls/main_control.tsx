// The control that stands beside the name.

import { t } from "../i18n/text";
import { Act, Round, Toggle } from "./parts";
import type { ControlProps } from "./run";

export function MainControl({ entity, run }: ControlProps) {
  if (SWITCHED.has(entity.domain))
    return (
      <Toggle
        label={entity.name}
        isOn={entity.state === "on"}
        run={(on) => run(on ? "turn_on" : "turn_off")}
      />
    );
  switch (entity.domain) {
    case "lock":
      return <LockButton entity={entity} run={run} />;
    case "media_player":
      return <PlayButton entity={entity} run={run} />;
    case "vacuum":
      return <StartButton isBusy={entity.state === "cleaning"} start={() => run("start")} run={run} />;
    case "lawn_mower":
      return <StartButton isBusy={entity.state === "mowing"} start={() => run("start_mowing")} run={run} />;
    default:
      return null;
  }
}

function LockButton({ entity, run }: ControlProps) {
  return entity.state === "locked" ? (
    <Act send={() => run("unlock")}>{t("unlock")}</Act>
  ) : (
    <Act kind="primary" send={() => run("lock")}>
      {t("lock")}
    </Act>
  );
}

function PlayButton({ entity, run }: ControlProps) {
  switch (entity.state) {
    case "playing":
      return <Round icon="pause" label={t("pause")} press={() => run("media_pause")} />;
    case "off":
      return <Round icon="power" label={t("on")} press={() => run("turn_on")} />;
    default:
      return <Round icon="play" label={t("play")} press={() => run("media_play")} />;
  }
}

function StartButton({
  isBusy,
  start,
  run,
}: {
  isBusy: boolean;
  start: () => Promise<boolean>;
  run: ControlProps["run"];
}) {
  return isBusy ? (
    <Round icon="pause" label={t("pause")} press={() => run("pause")} />
  ) : (
    <Round icon="play" label={t("start")} press={start} />
  );
}

const SWITCHED = new Set([
  "light",
  "switch",
  "fan",
  "input_boolean",
  "siren",
  "humidifier",
  "water_heater",
  "automation",
]);
