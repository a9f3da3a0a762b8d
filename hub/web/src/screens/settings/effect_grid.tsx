// The grid of kinds of effects by role.

import type { EffectTier, Role, Rules } from "../../api/types";
import { type Key, t } from "../../i18n/text";
import { TierSelect } from "./rule_selects";
import { ROLES, effective, offered, withTier } from "./rule_table";

export function EffectGrid({
  rules,
  usual,
  set,
}: {
  rules: Rules;
  usual: EffectTier[];
  set: (rules: Rules) => void;
}) {
  return (
    <div class="grid rules">
      <div class="grid-head">
        <span />
        {ROLES.map((role) => (
          <span key={role}>{roleName(role)}</span>
        ))}
      </div>
      {usual.map(({ effect, tier }) => (
        <div key={effect} class="grid-row">
          <span class="what-effect">{t(`effect_${effect}` as Key)}</span>
          {ROLES.map((role) => (
            <TierSelect
              key={role}
              label={`${t(`effect_${effect}` as Key)}: ${roleName(role)}`}
              value={effective(rules, tier, effect, role)}
              tiers={offered(rules, tier, effect, role)}
              set={(next) => set(withTier(rules, tier, effect, role, next))}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function roleName(role: Role): string {
  return t(role === "resident" ? "everyone" : `role_${role}`);
}
