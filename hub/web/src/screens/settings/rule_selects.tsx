// The choices of a rule: a tier, a role.

import type { Role, Tier } from "../../api/types";
import { type Key, t } from "../../i18n/text";
import { ROLES } from "./rule_table";

export function TierSelect<T extends Tier | "usual">({
  label,
  value,
  tiers,
  set,
}: {
  label?: string;
  value: T;
  tiers: T[];
  set: (tier: T) => void;
}) {
  return (
    <select
      class={`field tier is-${value}`}
      aria-label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value as T)}
    >
      {tiers.map((tier) => (
        <option key={tier} value={tier}>
          {t(`tier_${tier}` as Key)}
        </option>
      ))}
    </select>
  );
}

/** `usual` is what a resident is called here. */
export function RoleSelect({
  label,
  value,
  usual = "role_resident",
  set,
}: {
  label?: string;
  value: Role;
  usual?: Key;
  set: (role: Role) => void;
}) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value as Role)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(role === "resident" ? usual : `role_${role}`)}
        </option>
      ))}
    </select>
  );
}
