// Rules for single devices, for places and for ways in.

import type { Rules, Tier } from "../../api/types";
import { t } from "../../i18n/text";
import { allEntities, areaNames, areas, entityOf } from "../../state/house";
import { RoleSelect, TierSelect } from "./rule_selects";
import { TIERS, withEntry } from "./rule_table";

interface Props {
  rules: Rules;
  set: (rules: Rules) => void;
}

export function DeviceRules({ rules, set }: Props) {
  const change = (id: string, tier: Tier | null) =>
    set({ ...rules, entities: withEntry(rules.entities, id, tier) });
  const others = allEntities()
    .filter((one) => one.controllable && !(one.id in rules.entities))
    .map((one) => ({ id: one.id, name: nameOf(one.id) }))
    .sort((one, other) => one.name.localeCompare(other.name));
  return (
    <fieldset>
      <legend>{t("thingsTitle")}</legend>
      <p class="muted">{t("thingsText")}</p>
      <div class="grid pairs">
        {Object.entries(rules.entities).map(([id, tier]) => (
          <label key={id}>
            {nameOf(id)}
            <TierSelect
              value={tier as Tier | "usual"}
              tiers={["usual", ...TIERS]}
              set={(next) => change(id, next === "usual" ? null : next)}
            />
          </label>
        ))}
      </div>
      <select
        class="field"
        aria-label={t("addThing")}
        value=""
        onChange={(event) => event.currentTarget.value && change(event.currentTarget.value, "confirmed")}
      >
        <option value="">{t("addThing")}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

export function PlaceRules({ rules, set }: Props) {
  return (
    <fieldset>
      <legend>{t("placesTitle")}</legend>
      <p class="muted">{t("placesText")}</p>
      <div class="grid pairs">
        {areas.value.map((area) => (
          <label key={area.id}>
            {area.name}
            <RoleSelect
              value={rules.places[area.id] ?? "resident"}
              usual="placeUsual"
              set={(role) =>
                set({
                  ...rules,
                  places: withEntry(rules.places, area.id, role === "resident" ? null : role),
                })
              }
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function WayRules({ rules, set }: Props) {
  return (
    <fieldset>
      <legend>{t("waysTitle")}</legend>
      <p class="muted">{t("waysText")}</p>
      <div class="grid pairs">
        {WAYS.map((way) => (
          <label key={way}>
            {t(`way_${way}`)}
            <RoleSelect
              value={rules.ways[way] ?? "resident"}
              set={(role) =>
                set({ ...rules, ways: withEntry(rules.ways, way, role === "resident" ? null : role) })
              }
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A device's name with its room. */
function nameOf(id: string): string {
  const entity = entityOf(id);
  return entity ? [areaNames.value.get(entity.area ?? ""), entity.name].filter(Boolean).join(" · ") : id;
}

const WAYS = ["voice", "home_assistant", "mqtt"] as const;
