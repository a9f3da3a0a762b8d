// One device: its name, its state, its most used control; more unfolds.

import { Component } from "preact";
import { useState } from "preact/hooks";
import type { Entity } from "../api/types";
import { Controls } from "./controls";
import { Detail } from "./detail";
import { Icon, iconOf } from "./icons";
import { MainControl } from "./main_control";
import type { Run } from "./run";
import { summary } from "./summary";
import { type Lang, t } from "../i18n/text";
import { act } from "../state/actions";
import { isActive } from "../state/entity";

interface Props {
  entity: Entity;
  lang: Lang;
}

/** Drawn again only if its own entity moved: a home has hundreds. */
export class Tile extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.entity !== this.props.entity || next.lang !== this.props.lang;
  }

  override render() {
    return <Inside entity={this.props.entity} />;
  }
}

function Inside({ entity }: { entity: Entity }) {
  const [isOpen, setOpen] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const run: Run = async (service, data = {}) => {
    setWaiting((count) => count + 1);
    const went = await act(entity.id, `${entity.domain}.${service}`, data);
    setWaiting((count) => count - 1);
    return went;
  };
  const known = entity.available ? entity.quality : "offline";
  const isOn = entity.available && isActive(entity);
  return (
    <article
      class={`tile ${isOn ? "on" : ""} ${known} ${waiting ? "busy" : ""} ${entity.state === "unlocked" || entity.state === "triggered" || entity.state === "jammed" ? "odd" : ""}`}
      aria-busy={0 < waiting}
    >
      <div class="tile-head">
        <button
          type="button"
          class="tile-name"
          aria-expanded={isOpen}
          aria-label={`${entity.name}, ${summary(entity)}. ${isOpen ? t("fewer") : t("more", { name: entity.name })}`}
          onClick={() => setOpen(!isOpen)}
        >
          <span class="badge" style={tint(entity)}>
            <Icon name={iconOf(entity.domain, entity.device_class, entity.state)} />
          </span>
          <span class="tile-text">
            <span class="tile-title">{entity.name}</span>
            <span class="tile-state">
              {summary(entity)}
              {known === "stale" && <em>{t("stale")}</em>}
              {known === "assumed" && <em>{t("assumed")}</em>}
            </span>
          </span>
        </button>
        <MainControl entity={entity} run={run} />
      </div>
      <Controls entity={entity} run={run} isOpen={isOpen} />
      {isOpen && <Detail entity={entity} />}
    </article>
  );
}

/** A lamp's badge has the lamp's colour. */
function tint(entity: Entity): Record<string, string> | undefined {
  const color = entity.attributes.hs_color;
  if (
    entity.domain !== "light" ||
    entity.state !== "on" ||
    !Array.isArray(color) ||
    entity.attributes.color_mode === "color_temp"
  )
    return undefined;
  return { "--tint": `hsl(${Number(color[0])} ${Math.max(40, Number(color[1]))}% 48%)` };
}
