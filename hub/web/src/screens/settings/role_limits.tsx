// What holds for a guest or a child beside the tiers: changing names, and how far rooms are heated.

import type { Limits, Rules } from "../../api/types";
import { type Key, t } from "../../i18n/text";

type Heat = [number, number];

export function RoleLimits({
  role,
  rules,
  set,
}: {
  role: "guest" | "child";
  rules: Rules;
  set: (rules: Rules) => void;
}) {
  const change = (part: Partial<Limits>) => set({ ...rules, [role]: { ...rules[role], ...part } });
  const { heat, may_edit } = rules[role];
  return (
    <fieldset>
      <legend>{t(`role_${role}`)}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={may_edit}
          onChange={(event) => change({ may_edit: event.currentTarget.checked })}
        />
        {t("mayEdit")}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={heat !== null}
          onChange={(event) => change({ heat: event.currentTarget.checked ? USUAL : null })}
        />
        {t("heatLimit")}
      </label>
      {heat && (
        <div class="row">
          <Degrees label="heatLeast" value={heat[0]} set={(from) => change({ heat: [from, heat[1]] })} />
          <Degrees label="heatMost" value={heat[1]} set={(to) => change({ heat: [heat[0], to] })} />
        </div>
      )}
    </fieldset>
  );
}

function Degrees({ label, value, set }: { label: Key; value: number; set: (degrees: number) => void }) {
  return (
    <label class="labelled">
      {t(label)}
      <input
        class="field"
        type="number"
        min={5}
        max={35}
        step={0.5}
        value={value}
        onInput={(event) => set(Number(event.currentTarget.value))}
      />
    </label>
  );
}

const USUAL: Heat = [16, 24];
